import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Preprocess } from '../src/domain/image/preprocess'
import { INGEST_BUDGET } from '../workers/ingest/budget'
import type { NamedBytes } from '../workers/ingest/idx'
import { readSplitFiles, type ReadSplit } from '../workers/ingest/split-files'
import { reasonOf } from './files'
import { done, interrupted, type Result, usage } from './problem'
import type { Progress } from './progress'

export interface NewDataOptions {
  /** A file or a folder, absolute. */
  readonly path: string
  readonly preprocess: Preprocess
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** The digits that `--new-data` names: one split, with labels where the files have them. */
export async function readNewData({
  path,
  preprocess,
  signal,
  progress,
}: NewDataOptions): Promise<Result<ReadSplit>> {
  const names = await filesOf(path)
  if (!names.ok) return names
  const files: NamedBytes[] = []
  for (const file of names.value) {
    const read = await readWhole(file)
    if (!read.ok) return read
    files.push(read.value)
  }
  const split = await readSplitFiles(files, {
    preprocess,
    budget: INGEST_BUDGET,
    signal,
    onProgress: ({ label, done: read, total }) =>
      progress.show(total === null ? label : `${label}, ${Math.round((100 * read) / total)} %`),
  })
  if (split.ok) return done(split.value)
  const { code, message } = split.problem
  return code === 'stopped' ? interrupted(message) : usage(code, message)
}

async function readWhole(file: string): Promise<Result<NamedBytes>> {
  try {
    const { size } = await stat(file)
    if (size > INGEST_BUDGET.fileBytes)
      return usage(
        'over-budget',
        `${file} must have at most ${INGEST_BUDGET.fileBytes} bytes, found ${size}. Name a smaller file.`,
      )
    return done({ name: basename(file), bytes: new Uint8Array(await readFile(file)) })
  } catch (error) {
    return usage('not-found', `${file} could not be read (${reasonOf(error)}).`)
  }
}

async function filesOf(path: string): Promise<Result<readonly string[]>> {
  let folder
  try {
    folder = (await stat(path)).isDirectory()
    if (!folder) return done(await withLabels(path))
    const names = (await readdir(path)).toSorted()
    return inFolder(path, names)
  } catch (error) {
    return usage(
      'not-found',
      `${path} could not be read (${reasonOf(error)}). Name a Parquet or IDX file, or a folder of them, with --new-data.`,
    )
  }
}

/** An IDX image file's labels lie beside it under the same name; without them there is one signal less. */
async function withLabels(path: string): Promise<readonly string[]> {
  const name = basename(path)
  const labels = name.replace('images', 'labels').replace('idx3', 'idx1')
  if (labels === name) return [path]
  const there = (await readdir(dirname(path))).includes(labels)
  return there ? [path, join(dirname(path), labels)] : [path]
}

/** Parquet parts all together; of IDX files those of one split, the test split where there are two. */
function inFolder(path: string, names: readonly string[]): Result<readonly string[]> {
  const parquet = names.filter((name) => /^[^._].*\.parquet$/.test(name))
  const idx = names.filter((name) => /idx[13]-ubyte(\.gz)?$/.test(name))
  const tests = idx.filter((name) => /t10k|test/.test(name))
  const chosen = parquet.length > 0 ? parquet : tests.length > 0 ? tests : idx
  if (chosen.length === 0)
    return usage(
      'not-found',
      `${path} must hold Parquet files or IDX files (…-idx3-ubyte, …-idx1-ubyte), found neither.`,
    )
  return done(unpackedOnce(chosen).map((name) => join(path, name)))
}

/** A file that is there packed and unpacked is one file. */
function unpackedOnce(names: readonly string[]): readonly string[] {
  return names.filter((name) => !(name.endsWith('.gz') && names.includes(name.slice(0, -3))))
}
