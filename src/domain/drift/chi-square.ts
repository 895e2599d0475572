/** χ² distributions by the regularised incomplete gamma function (Press et al., Numerical Recipes, 3rd edition, 6.2). */

const SMALLEST = Number.MIN_VALUE / Number.EPSILON
const TERMS = 10_000

/**
 * P(X ≥ x) of χ² with `degrees` degrees of freedom; relative error about 1e-13, also far out in the tail.
 *
 * @throws RangeError unless degrees > 0 and x is a number
 */
export function chiSquareSurvival(x: number, degrees: number): number {
  if (!(degrees > 0) || Number.isNaN(x))
    throw new RangeError(`χ² needs degrees above 0 and a number, found ${degrees} and ${x}`)
  return x <= 0 ? 1 : upperGamma(degrees / 2, x / 2)
}

/** The x with P(X ≥ x) = p. @throws RangeError unless 0 < p < 1 */
export function chiSquareCritical(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a χ² quantile needs 0 < p < 1, found ${p}`)
  return bisect((x) => chiSquareSurvival(x, degrees) > p)
}

/**
 * P(X ≥ x) of χ² with noncentrality λ: a Poisson(λ / 2) mixture of central χ² with two degrees more a term.
 *
 * @param lambda from 0 to about 1,000
 */
export function noncentralSurvival(x: number, degrees: number, lambda: number): number {
  let weight = Math.exp(-lambda / 2)
  let left = 1
  let sum = 0
  for (let term = 0; term < TERMS && left > 1e-15; term++) {
    sum += weight * chiSquareSurvival(x, degrees + 2 * term)
    left -= weight
    weight *= lambda / 2 / (term + 1)
  }
  return Math.min(1, sum)
}

/** The noncentrality at which a χ² test at level `alpha` rejects with probability `power`. */
export function noncentralityFor(power: number, alpha: number, degrees: number): number {
  const critical = chiSquareCritical(alpha, degrees)
  return bisect((lambda) => noncentralSurvival(critical, degrees, lambda) < power)
}

/** The positive number where `below` turns from true to false. */
function bisect(below: (x: number) => boolean): number {
  let high = 1
  while (below(high) && high < 1e9) high *= 2
  let low = 0
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2
    if (below(middle)) low = middle
    else high = middle
  }
  return high
}

/** Q(a, x) = Γ(a, x) / Γ(a): one minus the series left of the mode, a continued fraction (Lentz) right of it. */
function upperGamma(a: number, x: number): number {
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < TERMS && term > sum * Number.EPSILON; n++) {
      term *= x / (a + n)
      sum += term
    }
    return Math.max(0, 1 - sum * scale)
  }
  let b = x + 1 - a
  let c = 1 / SMALLEST
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < TERMS; n++) {
    const step = -n * (n - a)
    b += 2
    d = 1 / away(step * d + b)
    c = away(b + step / c)
    const change = d * c
    fraction *= change
    if (Math.abs(change - 1) < Number.EPSILON) break
  }
  return fraction * scale
}

/** Lentz's algorithm must not divide by zero. */
function away(value: number): number {
  return Math.abs(value) < SMALLEST ? SMALLEST : value
}

/** Stirling's series, after the recurrence has brought the argument above 10: absolute error below 1e-14. */
export function logGamma(a: number): number {
  let shift = 0
  let z = a
  while (z < 10) {
    shift += Math.log(z)
    z += 1
  }
  const inverse = 1 / (z * z)
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / z
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift
}
