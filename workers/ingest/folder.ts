import type { DigestFn } from '../../src/domain/ids'
import type { IngestBudget } from './budget'
import type { NamedBytes } from './idx'
import { readIdxDataset } from './idx-dataset'
import { type FoundDigits, MNIST_FILES, nameDigits } from './mnist'
import { failure, type OnProgress, type Outcome, success } from './outcome'

export interface ReadFolderOptions {
  /** For messages and the record. */
  readonly path: string
  /** A file's bytes, or null where the folder has none of that name. This module runs in browsers too: the host reads. */
  readonly readFile: (name: string) => Promise<Uint8Array | null>
  readonly digest: DigestFn
  readonly budget: IngestBudget
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

/** Reads the four files of a folder under MNIST's names, packed (`.gz`) or not, with `-` or `.` before `idx`. */
export async function readIdxFolder(options: ReadFolderOptions): Promise<Outcome<FoundDigits>> {
  const { path, readFile, digest, budget, signal, onProgress } = options
  const files: NamedBytes[] = []
  for (const { name } of MNIST_FILES) {
    const file = await firstOf(spellings(name), readFile)
    if (file === null)
      return failure(
        'not-found',
        `${path} must hold MNIST's four files, found no ${name}.gz and no ${name}. Name a folder that has them all.`,
      )
    files.push(file)
  }
  const splits = await readIdxDataset(files, budget, signal, onProgress)
  if (!splits.ok) return splits
  const name = await nameDigits(splits.value, digest)
  return success({ name, source: { kind: 'folder', path }, splits: splits.value })
}

function spellings(name: string): readonly string[] {
  const dotted = name.replace('-idx', '.idx')
  return [`${name}.gz`, name, `${dotted}.gz`, dotted]
}

async function firstOf(
  names: readonly string[],
  readFile: ReadFolderOptions['readFile'],
): Promise<NamedBytes | null> {
  for (const name of names) {
    const bytes = await readFile(name)
    if (bytes !== null) return { name, bytes }
  }
  return null
}
