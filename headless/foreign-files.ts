import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import type { Splits } from '../workers/ingest/idx-dataset'
import { cutSplit, USUAL_CUT } from '../workers/ingest/cut'
import { filesInMemory, type FoundSplit, readSplits } from '../workers/ingest/splits'
import type { ReadSplitOptions } from '../workers/ingest/split-files'
import { nameDigits, type FoundDigits } from '../workers/ingest/mnist'
import { failure, grouped, type Outcome, sizeText, success } from '../workers/ingest/outcome'
import { nodeDigest } from './host'

/** Part files of a split lie one folder deep, as Spark leaves them. */
const DEEPEST = 2

export interface ForeignFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * A Parquet file, or the Parquet files of a folder, by name; null where there is none. What Spark leaves beside its parts
 * (`_SUCCESS`, `.crc`) is passed over.
 */
export async function parquetFiles(
  path: string,
  most: number,
): Promise<Outcome<readonly ForeignFile[]> | null> {
  const names = await parquetNames(path, path, 0)
  if (names.length === 0) return null
  const files: ForeignFile[] = []
  for (const file of names) {
    const { size } = await stat(file)
    if (size > most)
      return failure(
        'over-budget',
        `${file} may have at most ${sizeText(most)}, found ${sizeText(size)}. Name a smaller file.`,
      )
    files.push({ name: relative(path, file) || basename(file), bytes: new Uint8Array(await readFile(file)) })
  }
  return success(files)
}

async function parquetNames(root: string, path: string, depth: number): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null)
  if (found === null) return []
  if (found.isFile()) return path === root || path.endsWith('.parquet') ? [path] : []
  if (depth > DEEPEST) return []
  const names: string[] = []
  for (const entry of (await readdir(path)).toSorted())
    if (!/^[._]/.test(entry)) names.push(...(await parquetNames(root, join(path, entry), depth + 1)))
  return names
}

/** The two splits that files hold: by their names, else the larger for training; a lone split is cut, and that is said. */
export async function foreignDigits(
  path: string,
  files: readonly ForeignFile[],
  options: ReadSplitOptions,
  say: (text: string) => void,
): Promise<Outcome<FoundDigits>> {
  const sorted = filesInMemory(files)
  if (!sorted.ok) return sorted
  const found = await readSplits(sorted.value, options)
  if (!found.ok) return found
  const [first, second, ...more] = found.value
  if (first === undefined || more.length > 0)
    return failure(
      'bad-input',
      `${path} must hold one or two splits, found ${found.value.length} (${found.value.map((split) => split.files[0]).join(', ')}). Name train and test files by these words.`,
    )
  const names = found.value.flatMap((split) => split.files)
  const source = { kind: 'files', names, format: first.format } as const
  const a = labelled(first)
  if (!a.ok) return a
  if (second === undefined) {
    say(
      `${path} holds one split: ${USUAL_CUT.share * 100} % of each class are kept for testing (seed ${USUAL_CUT.seed}).`,
    )
    const splits = cutSplit(a.value, USUAL_CUT.share, USUAL_CUT.seed)
    return named(splits, { ...source, cut: USUAL_CUT })
  }
  const b = labelled(second)
  if (!b.ok) return b
  say(
    `${first.files[0]} is for training (${grouped(first.count)}), ${second.files[0]} for testing (${grouped(second.count)}).`,
  )
  return named({ train: a.value, test: b.value }, source)
}

async function named(splits: Splits, source: FoundDigits['source']): Promise<Outcome<FoundDigits>> {
  const name = await nameDigits(splits, nodeDigest)
  return success({ name: name === 'MNIST' ? name : 'Your Parquet files', source, splits })
}

function labelled({ count, images, labels, files }: FoundSplit) {
  return labels === null
    ? failure(
        'bad-input',
        `${files.join(', ')} must hold a label for each image, found none. Name files with a label column.`,
      )
    : success({ count, images, labels })
}
