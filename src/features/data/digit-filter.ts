/** What of a split is shown. */
export interface DigitFilter {
  /** Only this label; null for all. */
  readonly label: number | null
  /** Only what a run answered rightly or wrongly; needs its answers. */
  readonly answers: 'all' | 'right' | 'wrong'
}

/**
 * Indices of the images that the filter lets through, ascending.
 *
 * @param predictions the answer for each image; null where there is none, and the filter on answers then lets all through
 */
export function matchingIndices(
  labels: Uint8Array,
  predictions: Uint8Array | null,
  { label, answers }: DigitFilter,
): Uint32Array {
  const indices = new Uint32Array(labels.length)
  let count = 0
  for (let index = 0; index < labels.length; index++) {
    if (label !== null && labels[index] !== label) continue
    if (predictions !== null && answers !== 'all') {
      const isRight = predictions[index] === labels[index]
      if (isRight !== (answers === 'right')) continue
    }
    indices[count++] = index
  }
  return indices.subarray(0, count)
}

/** Digits are shown and read in blocks of this many: a number that most grids divide. */
export const BLOCK = 120

/** The most columns that fit and fill every row of a block. */
export function columnsOf(width: number, cell: number): number {
  const fitting = Math.max(1, Math.floor(width / cell))
  for (let columns = Math.min(fitting, 40); columns > 1; columns--) if (BLOCK % columns === 0) return columns
  return 1
}

/** Where a key takes the reader in a grid of `count` digits; null for keys that mean nothing here. */
export function stepOf(key: string, place: number, columns: number, count: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: place - 1,
    ArrowRight: place + 1,
    ArrowUp: place - columns,
    ArrowDown: place + columns,
    PageUp: place - BLOCK,
    PageDown: place + BLOCK,
    Home: 0,
    End: count - 1,
  }
  const wanted = steps[key]
  return wanted === undefined ? null : Math.min(Math.max(0, count - 1), Math.max(0, wanted))
}
