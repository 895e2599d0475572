/**
 * SQL's LIKE: `%` stands for any characters, `_` for exactly one. A mismatch goes back to the last `%` only, so that the time is
 * at most the product of both lengths, whatever the pattern.
 */
export function matchesPattern(text: string, pattern: string, ignoreCase: boolean): boolean {
  const subject = Array.from(ignoreCase ? text.toLowerCase() : text)
  const wanted = Array.from(ignoreCase ? pattern.toLowerCase() : pattern)
  let at = 0
  let here = 0
  /** Behind the last `%`, and where its stretch ends so far. */
  let behindAny = -1
  let stretch = 0
  while (at < subject.length) {
    if (wanted[here] === '%') {
      behindAny = ++here
      stretch = at
    } else if (here < wanted.length && (wanted[here] === '_' || wanted[here] === subject[at])) {
      at++
      here++
    } else if (behindAny >= 0) {
      here = behindAny
      at = ++stretch
    } else {
      return false
    }
  }
  while (wanted[here] === '%') here++
  return here === wanted.length
}
