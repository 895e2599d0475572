import type { WireError } from '../protocol/errors'
import { wireError } from './wire-error'

/** What came of an action a person asked for: its value, or why it could not be done. */
export type Decision<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: WireError }

type Refusal = { readonly ok: false; readonly error: WireError }

/** An expected "no", with the way out. */
export function refused(message: string): Refusal {
  return { ok: false, error: { code: 'bad-input', message } }
}

/** Turns what an action throws into an answer. */
export async function decided<Value>(action: () => Promise<Value>): Promise<Decision<Value>> {
  try {
    return { ok: true, value: await action() }
  } catch (error) {
    return { ok: false, error: wireError(error) }
  }
}
