export interface TestAnswer {
  /** Position in the test split. */
  readonly index: number
  readonly actual: number
  readonly predicted: number
  /** The model's probability of its answer. */
  readonly confidence: number
}

/**
 * The test digits a filter asks for: without one, the misread ones; with one, those that are `actual` and were read as
 * `predicted`. The surest answers come first: in misread digits they are the gravest.
 *
 * @param labels the truth, index = image
 * @param answers what the model said for the same images
 */
export function selectAnswers(
  labels: Uint8Array,
  answers: { readonly labels: Uint8Array; readonly confidence: Float32Array },
  filter: { readonly actual: number; readonly predicted: number } | null,
): TestAnswer[] {
  const found: TestAnswer[] = []
  for (let index = 0; index < Math.min(labels.length, answers.labels.length); index++) {
    const actual = labels[index] ?? 0
    const predicted = answers.labels[index] ?? 0
    const wanted =
      filter === null ? actual !== predicted : actual === filter.actual && predicted === filter.predicted
    if (wanted) found.push({ index, actual, predicted, confidence: answers.confidence[index] ?? 0 })
  }
  return found.sort((a, b) => b.confidence - a.confidence)
}

/** A confusion cell in an address, "4-9": is 4, read as 9. */
export function parseCell(
  text: string | null,
): { readonly actual: number; readonly predicted: number } | null {
  const match = /^(\d)-(\d)$/.exec(text ?? '')
  return match === null ? null : { actual: Number(match[1]), predicted: Number(match[2]) }
}
