import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assembleDataset } from '../src/domain/dataset/assemble'
import type { Dataset } from '../src/domain/dataset/dataset'
import { epochMillis } from '../src/domain/ids'
import type { Preprocess } from '../src/domain/image/preprocess'
import { INGEST_BUDGET } from '../workers/ingest/budget'
import { BUILT_IN_GENERATOR_VERSION, generateDigitsInChunks } from '../workers/ingest/built-in/generate'
import { readIdxFolder } from '../workers/ingest/folder'
import { type FoundDigits, MNIST_FILES } from '../workers/ingest/mnist'
import type { IngestProblem, OnProgress } from '../workers/ingest/outcome'
import { loadMnist } from '../workers/ingest/sources'
import { BUILT_IN_SIZES, type DataSource } from './command-line'
import { foreignDigits, parquetFiles } from './foreign-files'
import { nodeDigest } from './host'
import { done, interrupted, type Problem, type Result, usage } from './problem'
import type { Progress } from './progress'

export interface DigitsOptions {
  readonly source: DataSource
  /** `MNIST_DIR`, where it is set. */
  readonly mnistFolder: string | null
  readonly preprocess: Preprocess
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** How long a mirror may send nothing. */
const PATIENCE_MS = 5_000

/** The seed of the page's stand-in, so that page and Node write the same digits. */
const BUILT_IN_SEED = 42

/** The dataset that a command asks for: a folder of IDX files, Parquet files, MNIST wherever it can be had, or the built-in digits. */
export async function readDigits(options: DigitsOptions): Promise<Result<Dataset>> {
  const found = await find(options)
  if (!found.ok) return found
  const { name, source, splits } = found.value
  const { preprocess } = options
  const now = epochMillis(Date.now())
  const assembled = await assembleDataset({ name, source, preprocess, now, ...splits }, nodeDigest)
  if (!assembled.ok) return usage(assembled.problem.code, assembled.problem.message)
  return done(assembled.dataset)
}

async function find(options: DigitsOptions): Promise<Result<FoundDigits>> {
  const { source, mnistFolder } = options
  switch (source.kind) {
    case 'folder':
      return readFolder(source.path, options)
    case 'built-in':
      return writeBuiltIn(source.train, source.test, options)
    case 'mnist':
      return mnistFolder === null ? downloadOrBuiltIn(options) : readFolder(mnistFolder, options)
  }
}

/** The four IDX files where a folder has them, else its Parquet; a path may also be a Parquet file. */
async function readFolder(path: string, options: DigitsOptions): Promise<Result<FoundDigits>> {
  const { preprocess, progress, signal } = options
  const first = `${MNIST_FILES[0]?.name}`
  const hasIdx = (await readIfThere(join(path, first))) ?? (await readIfThere(join(path, `${first}.gz`)))
  const parquet = hasIdx === null ? await parquetFiles(path, INGEST_BUDGET.fileBytes) : null
  if (parquet !== null) {
    if (!parquet.ok) return problemOf(parquet.problem)
    const reading = { preprocess, budget: INGEST_BUDGET, signal, onProgress: shownBy(progress) }
    const found = await foreignDigits(path, parquet.value, reading, (text) => progress.say(text))
    return found.ok ? done(found.value) : problemOf(found.problem)
  }
  const read = await readIdxFolder({
    path,
    readFile: async (name) => readIfThere(join(path, name)),
    digest: nodeDigest,
    budget: INGEST_BUDGET,
    signal: options.signal,
    onProgress: shownBy(options.progress),
  })
  return read.ok ? done(read.value) : problemOf(read.problem)
}

/** MNIST from a mirror, checked by SHA-256; where there is none, the built-in digits, which are said to be that. */
async function downloadOrBuiltIn(options: DigitsOptions): Promise<Result<FoundDigits>> {
  const { signal, progress } = options
  const loaded = await loadMnist({
    fetch,
    site: null,
    digest: nodeDigest,
    budget: INGEST_BUDGET,
    signal,
    onProgress: shownBy(progress),
    onPassedOver: (source, reason) => progress.say(`MNIST not from ${source}: ${reason}`),
    patienceMs: PATIENCE_MS,
  })
  if (loaded.ok) return done(loaded.value)
  if (loaded.problem.code === 'stopped') return problemOf(loaded.problem)
  progress.say('MNIST could not be had (MNIST_DIR is not set): using the built-in digits.')
  return writeBuiltIn(BUILT_IN_SIZES.train, BUILT_IN_SIZES.test, options)
}

function problemOf({ code, message }: IngestProblem): { readonly ok: false; readonly problem: Problem } {
  return code === 'stopped' ? interrupted(message) : usage(code, message)
}

function shownBy(progress: Progress): OnProgress {
  return ({ label, done: read, total }) =>
    progress.show(`${label}${total === null ? '' : `, ${Math.round((100 * read) / total)} %`}`)
}

/** The bytes of a file, or null where there is none; a file that is there and cannot be read is an error. */
async function readIfThere(file: string): Promise<Uint8Array | null> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null
    throw error
  }
}

async function writeBuiltIn(
  train: number,
  test: number,
  { signal, progress }: DigitsOptions,
): Promise<Result<FoundDigits>> {
  const total = train + test
  async function write(count: number, first: number) {
    const chunks = generateDigitsInChunks(BUILT_IN_SEED, count, { first, signal })
    for (;;) {
      const next = await chunks.next()
      if (next.done) return next.value
      progress.show(`Writing built-in digits ${first + next.value.done} of ${total}`)
    }
  }
  try {
    const splits = { train: await write(train, 0), test: await write(test, train) }
    const source = { kind: 'built-in', seed: BUILT_IN_SEED, generator: BUILT_IN_GENERATOR_VERSION } as const
    return done({ name: 'Built-in digits', source, splits })
  } catch (error) {
    if (signal.aborted) return interrupted('Writing the built-in digits was interrupted; nothing was kept.')
    throw error
  }
}
