/** Requests and answers as both hosts hand them over: Node's HTTP server and the service worker. */

export interface ApiRequest {
  /** Upper case. */
  readonly method: string
  /** Without query. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request's part that was read, or the answer that says why not. */
export type Read<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly answer: ApiResponse }

/**
 * On every answer. The API's only page is `/docs`: text and one stylesheet, so its policy allows nothing else. Nothing is kept, and no
 * other site's page can read an answer.
 */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const

function typed(type: string): Readonly<Record<string, string>> {
  return { 'Content-Type': type, ...HEADERS }
}

const JSON_HEADERS = typed('application/json; charset=utf-8')

export function jsonAnswer(value: unknown, status = 200): ApiResponse {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(value) }
}

export function textAnswer(body: string, type = 'text/plain; charset=utf-8'): ApiResponse {
  return { status: 200, headers: typed(type), body }
}

/** Every answer from 400 on has an `error`: what was expected, what was found, what to do. */
export function refusal(
  status: 400 | 404 | 405 | 413 | 415 | 422 | 500 | 503,
  error: string,
  more: Readonly<Record<string, unknown>> = {},
): ApiResponse {
  return jsonAnswer({ error, ...more }, status)
}

export function read<Value>(value: Value): Read<Value> {
  return { ok: true, value }
}

export function refuse(
  status: Parameters<typeof refusal>[0],
  error: string,
): { readonly ok: false; readonly answer: ApiResponse } {
  return { ok: false, answer: refusal(status, error) }
}
