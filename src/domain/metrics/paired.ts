/** Two models on the same images. */
export interface PairedOutcome {
  readonly bothRight: number
  /** Images that only the first model read right. */
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly bothWrong: number
  /** Two-sided exact McNemar p: how likely so uneven a split of the disagreements is between equally good models. */
  readonly p: number
}

/**
 * Pairs two models' answers, index = image.
 *
 * @throws RangeError unless all three have the same, positive length
 */
export function pairAnswers(first: Uint8Array, second: Uint8Array, labels: Uint8Array): PairedOutcome {
  const count = labels.length
  if (count === 0 || first.length !== count || second.length !== count)
    throw new RangeError(
      `a pairing needs as many answers as labels and at least one, found ${first.length}, ${second.length} and ${count}`,
    )
  let bothRight = 0
  let onlyFirst = 0
  let onlySecond = 0
  for (let image = 0; image < count; image++) {
    const a = first[image] === labels[image]
    const b = second[image] === labels[image]
    if (a && b) bothRight++
    else if (a) onlyFirst++
    else if (b) onlySecond++
  }
  const bothWrong = count - bothRight - onlyFirst - onlySecond
  return { bothRight, onlyFirst, onlySecond, bothWrong, p: mcnemarExact(onlyFirst, onlySecond) }
}

/**
 * Two-sided exact McNemar test (Q. McNemar, 1947, with the binomial in place of χ²): under equal models each disagreement is a fair
 * coin. p = min(1, 2·P(X ≤ min(b, c))), X ~ Binomial(b + c, ½); 1 without disagreements.
 *
 * @throws RangeError unless both are whole numbers ≥ 0
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  if (![onlyFirst, onlySecond].every((value) => Number.isInteger(value) && value >= 0))
    throw new RangeError(`disagreements are whole numbers ≥ 0, found ${onlyFirst} and ${onlySecond}`)
  const total = onlyFirst + onlySecond
  const fewer = Math.min(onlyFirst, onlySecond)
  // Terms relative to the largest one wanted, so that neither 2^-total nor a binomial coefficient can leave the doubles.
  let logTerm = -total * Math.LN2
  let sum = 0
  for (let k = 0; k <= fewer; k++) {
    sum += Math.exp(logTerm)
    logTerm += Math.log((total - k) / (k + 1))
  }
  return Math.min(1, 2 * sum)
}
