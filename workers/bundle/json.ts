import type { BundleOutcome } from './contract'
import { failure, success } from './outcome'

const LARGEST = 32 * 2 ** 20
const DEEPEST = 64

/** Parses a file as JSON that nobody has vouched for: bounded in size and depth, without a key that reaches a prototype. */
export function parseJson(name: string, bytes: Uint8Array): BundleOutcome<unknown> {
  if (bytes.length > LARGEST)
    return failure('over-budget', `${name} has ${bytes.length} bytes; at most ${LARGEST} of JSON are read.`)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return failure('bad-input', `${name} is not JSON.`)
  }
  const finding = suspicion(value, 0)
  return finding === null ? success(value) : failure('bad-input', `${name} ${finding}.`)
}

function suspicion(value: unknown, depth: number): string | null {
  if (typeof value !== 'object' || value === null) return null
  if (depth >= DEEPEST) return `is nested more than ${DEEPEST} deep`
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') return 'has a key "__proto__", which no record here has'
    const found = suspicion(item, depth + 1)
    if (found !== null) return found
  }
  return null
}
