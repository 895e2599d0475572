/** A value that canonical JSON can hold. Records of the registry are such values. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

const NOT_PRINTABLE_ASCII = /[^ -~]/g

/**
 * One text for one value: object keys sorted by UTF-16 code unit, no white space, every character outside printable ASCII
 * written as `\uXXXX` in lower case, numbers as JavaScript writes them. For ASCII keys and whole numbers below 2⁵³ these are
 * the bytes of Python's `json.dumps(value, sort_keys=True, separators=(',', ':'))`, so that a chain of hashes over
 * it can be checked without this program.
 *
 * @throws RangeError for a number that is not finite: JSON has no text for it
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`canonical JSON holds finite numbers only, found ${value}`)
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`

  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${quoted(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/** The bytes of canonical JSON: it is ASCII, so that a character is a byte. */
export function canonicalBytes(value: JsonValue): Uint8Array {
  const text = canonicalJson(value)
  return Uint8Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    NOT_PRINTABLE_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
