export type WholeNumber =
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string }

/** A whole number typed by a person, within bounds (both included), or one sentence that says what is wrong. */
export function parseWhole(
  name: string,
  text: string,
  { low, high }: { readonly low: number; readonly high: number },
): WholeNumber {
  const trimmed = text.trim()
  const value = Number(trimmed)
  if (/^-?\d+$/.test(trimmed) && value >= low && value <= high) return { ok: true, value }
  return {
    ok: false,
    message: `${name} must be a whole number from ${low} to ${high}, found ${JSON.stringify(trimmed)}`,
  }
}
