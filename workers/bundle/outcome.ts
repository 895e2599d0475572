import type { BundleProblem } from './contract'

export function success<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value }
}

export function failure(
  code: BundleProblem['code'],
  message: string,
): { readonly ok: false; readonly problem: BundleProblem } {
  return { ok: false, problem: { code, message } }
}
