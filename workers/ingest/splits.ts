import type { FileFormat } from '../../src/domain/dataset/dataset'
import { likelyKind } from './idx'
import type { NamedBytes } from './idx'
import { pairIdx, readIdxFiles, splitInName, type IdxPair } from './idx-dataset'
import { failure, grouped, type Outcome, success } from './outcome'
import { type ByteSource, isParquet, memorySource } from './parquet/footer'
import { readParquet } from './parquet/read'
import type { ReadSplit, ReadSplitOptions } from './split-files'

/** A split among files that were given together. */
export interface FoundSplit extends ReadSplit {
  readonly files: readonly string[]
  readonly format: FileFormat
  /** What the names say; null when they say neither, and a person has to. */
  readonly role: 'train' | 'test' | null
}

/** What foreign files are, told by their first bytes. */
export interface FilesToRead {
  /** IDX and whatever else is to be refused as no IDX. */
  readonly whole: readonly NamedBytes[]
  readonly parquet: readonly ByteSource[]
}

/** Sorts files in memory by what their bytes say they are. Formats that are known and not read yet are refused by name. */
export function filesInMemory(files: readonly NamedBytes[]): Outcome<FilesToRead> {
  for (const { name, bytes } of files) {
    const kind = likelyKind(bytes)
    if (kind === 'a zip archive' || kind === 'a PNG image' || kind === 'a CSV table')
      return failure(
        'bad-input',
        `${name} is ${kind}, which is not read yet: IDX (plain or .gz) and Parquet are. Convert it to one of these.`,
      )
  }
  return success({
    whole: files.filter(({ bytes }) => !isParquet(bytes)),
    parquet: files
      .filter(({ bytes }) => isParquet(bytes))
      .map(({ name, bytes }) => memorySource(name, bytes)),
  })
}

/**
 * Reads all splits that files hold: IDX images with their labels, and Parquet files, of which those of one split are put one
 * behind the other. The training split comes first where names or counts tell.
 */
export async function readSplits(
  { whole, parquet }: FilesToRead,
  options: ReadSplitOptions,
): Promise<Outcome<readonly FoundSplit[]>> {
  if (whole.length + parquet.length === 0)
    return failure('bad-input', 'A dataset needs files, found none. Choose IDX or Parquet files.')
  const splits: FoundSplit[] = []
  if (whole.length > 0) {
    const contents = await readIdxFiles(whole, options.budget, options.signal, options.onProgress)
    if (!contents.ok) return contents
    const pairs = pairIdx(contents.value)
    if (!pairs.ok) return pairs
    splits.push(...pairs.value.map(splitOfPair))
  }
  for (const { role, sources } of groupedBySplit(parquet)) {
    const read = await readParquet(sources, options)
    if (!read.ok) return read
    const { schema, ...digits } = read.value
    const kind = `Parquet, ${grouped(digits.count)} images: ${schema}`
    splits.push({ ...digits, kind, files: sources.map(({ name }) => name), format: 'parquet', role })
  }
  return success(splits.toSorted((a, b) => rank(a) - rank(b) || b.count - a.count))
}

function rank({ role }: FoundSplit): number {
  return role === 'train' ? 0 : role === null ? 1 : 2
}

function splitOfPair({ images, labels, role }: IdxPair): FoundSplit {
  const files = [images.name, ...(labels === null ? [] : [labels.name])]
  return {
    count: images.count,
    images: images.bytes,
    labels: labels?.bytes ?? null,
    kind: `IDX, ${grouped(images.count)} images ${labels === null ? 'without' : 'with'} labels`,
    files,
    format: 'idx',
    role,
  }
}

interface SplitSources {
  readonly role: FoundSplit['role']
  readonly sources: readonly ByteSource[]
}

/** Files of one split are those whose names (or folders) say the same split, or that differ in their numbers alone. */
function groupedBySplit(parquet: readonly ByteSource[]): readonly SplitSources[] {
  const groups = new Map<string, ByteSource[]>()
  for (const source of parquet.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const key = splitInName(source.name) ?? source.name.replaceAll(/\d+/g, '#')
    groups.set(key, [...(groups.get(key) ?? []), source])
  }
  return [...groups].map(([key, sources]) => ({
    role: key === 'train' || key === 'test' ? key : null,
    sources,
  }))
}
