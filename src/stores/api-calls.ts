/** Requests to the inference API of this very page, sent as any program would send them. */

export interface ApiResult {
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** From sending to the whole answer. */
  readonly milliseconds: number
}

/** Sends one request. @throws TypeError when nothing answers at all */
export async function callApi(method: 'GET' | 'POST', path: string, body: string | null): Promise<ApiResult> {
  const began = performance.now()
  const response = await fetch(path, {
    method,
    ...(body === null ? {} : { body, headers: { 'Content-Type': 'application/json' } }),
  })
  const text = await response.text()
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body: text,
    milliseconds: performance.now() - began,
  }
}
