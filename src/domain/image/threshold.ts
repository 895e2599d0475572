/**
 * The grey level that parts dark from light best: the one with the largest variance between the two classes (N. Otsu, 1979,
 * "A threshold selection method from gray-level histograms").
 *
 * @returns the lowest byte that belongs to the light class, in 1…255; null when all bytes are equal
 */
export function otsuThreshold(image: Uint8Array): number | null {
  const counts = new Float64Array(256)
  for (const value of image) counts[value] = (counts[value] ?? 0) + 1
  let total = 0
  for (let value = 0; value < 256; value++) total += value * (counts[value] ?? 0)
  let below = 0
  let sumBelow = 0
  let best: number | null = null
  let largest = 0
  for (let value = 1; value < 256; value++) {
    below += counts[value - 1] ?? 0
    sumBelow += (value - 1) * (counts[value - 1] ?? 0)
    const above = image.length - below
    if (below === 0 || above === 0) continue
    const difference = sumBelow / below - (total - sumBelow) / above
    const between = below * above * difference * difference
    if (between > largest) {
      largest = between
      best = value
    }
  }
  return best
}
