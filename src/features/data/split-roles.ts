import type { DatasetRecord } from '../../domain/dataset/dataset'
import type { SplitPreview } from '../../stores/ingest'

/** What can be done with the splits that were found, in the order it is offered. */
export type Use = 'pair' | 'pair-swapped' | 'test-beside' | 'train-beside' | 'cut'

export interface UseOption {
  readonly value: Use
  readonly label: string
  readonly disabled?: boolean
}

/** The uses that two, or one of the found splits can have. A split beside a stored one needs a stored dataset. */
export function usesOf(
  splits: readonly SplitPreview[],
  stored: readonly DatasetRecord[],
): readonly UseOption[] {
  if (splits.length >= 2)
    return [
      { value: 'pair', label: 'Training: the first; test: the second' },
      { value: 'pair-swapped', label: 'Training: the second; test: the first' },
    ]
  const disabled = stored.length === 0
  const beside: readonly UseOption[] = [
    { value: 'test-beside', label: 'The test split beside a stored training split', disabled },
    { value: 'train-beside', label: 'The training split beside a stored test split', disabled },
  ]
  return [...beside, { value: 'cut', label: 'Cut it into training and test' }]
}

/** What the names of the files suggest. */
export function usualUse([first, second]: readonly SplitPreview[], stored: readonly DatasetRecord[]): Use {
  if (first === undefined) return 'cut'
  if (second !== undefined) return 'pair'
  if (stored.length === 0 || first.role === null) return 'cut'
  return first.role === 'test' ? 'test-beside' : 'train-beside'
}

/** Why these splits cannot become a dataset yet, or null. */
export function missingFrom(splits: readonly SplitPreview[]): string | null {
  const unlabelled = splits.find(({ digest }) => digest === null)
  if (unlabelled !== undefined)
    return `${unlabelled.files.join(', ')} has no labels: choose its label file together with it.`
  if (splits.length > 2)
    return `${splits.length} splits were found; a dataset has two. Choose the files of two splits, or of one.`
  return null
}

/** The name a dataset gets unless its reader says otherwise. */
export function usualName(splits: readonly SplitPreview[], use: Use, base: DatasetRecord | null): string {
  if ((use === 'test-beside' || use === 'train-beside') && base !== null) return base.name
  const known = splits.map(({ sameAs }) => /^the (?:training|test) split of (.+)$/.exec(sameAs ?? '')?.[1])
  const [first] = known
  if (first !== undefined && known.every((name) => name === first)) return first
  return splits[0]?.format === 'parquet' ? 'Your Parquet files' : 'Your IDX files'
}
