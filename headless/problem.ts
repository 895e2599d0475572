/** Exit codes of the headless studio: a contract that pipelines and schedulers rely on. */
export const EXIT = {
  done: 0,
  failure: 1,
  /** Bad input or parameters: trying again unchanged cannot help. */
  usage: 64,
  /** Interrupted; `--resume` continues where it was. */
  interrupted: 75,
} as const

/** An expected failure: what was expected, what was found, the way out. */
export interface Problem {
  readonly exit: (typeof EXIT)['failure' | 'usage' | 'interrupted']
  readonly code: string
  readonly message: string
}

export type Result<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: Problem }

export function done<Value>(value: Value): Result<Value> {
  return { ok: true, value }
}

export function usage(code: string, message: string): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { exit: EXIT.usage, code, message } }
}

export function interrupted(message: string): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { exit: EXIT.interrupted, code: 'stopped', message } }
}
