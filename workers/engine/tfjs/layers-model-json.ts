/** Parsed JSON that nobody has vouched for. */

export type JsonRecord = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws RangeError when it is none */
export function requireRecord(value: unknown, what: string): JsonRecord {
  if (!isRecord(value)) throw new RangeError(`${what} must be an object, found ${kindOf(value)}`)
  return value
}

/** @throws RangeError when it is none */
export function requireList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new RangeError(`${what} must be a list, found ${kindOf(value)}`)
  return value
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  return value === null ? 'null' : typeof value
}
