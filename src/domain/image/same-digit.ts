/** Whether two digits are the same bytes. */
export function sameDigit(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at])
}
