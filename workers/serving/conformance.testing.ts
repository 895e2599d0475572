import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

/** A request and what every host answers to it. The list is shared with the journey that asks the page. */
export interface ConformanceCase {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** `<784*0>` stands for 784 zeros with commas between them. */
  readonly json?: string
  readonly separator?: string
  readonly status: number
  readonly type?: string
  /** Part of the answer. */
  readonly body?: Readonly<Record<string, unknown>>
  readonly keys?: readonly string[]
  /** The answer's `error` matches it. */
  readonly error?: string
  /** The answer's text matches it. */
  readonly text?: string
  readonly allow?: string
  readonly empty?: true
}

export const CASES = JSON.parse(
  readFileSync(new URL('../../e2e/api-conformance.json', import.meta.url), 'utf8'),
) as readonly ConformanceCase[]

export function requestBody({ json, separator = ',' }: ConformanceCase): string | undefined {
  let text = json
  const innermost = /<(\d+)\*([^<>]*)>/
  for (let found = innermost.exec(text ?? ''); found !== null; found = innermost.exec(text ?? ''))
    text = text?.replace(found[0], Array(Number(found[1])).fill(found[2]).join(separator))
  return text
}

export function requestHeaders({ json, headers }: ConformanceCase): Record<string, string> {
  return json === undefined ? {} : { 'content-type': 'application/json', ...headers }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function expectConforming(wanted: ConformanceCase, answer: Answer): void {
  expect(answer.status, answer.body.slice(0, 300)).toBe(wanted.status)
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  if (wanted.type !== undefined) expect(headers['content-type']).toContain(wanted.type)
  if (wanted.allow !== undefined) expect(headers['allow']).toBe(wanted.allow)
  if (wanted.empty) expect(answer.body).toBe('')
  if (wanted.text !== undefined) expect(answer.body).toMatch(new RegExp(wanted.text))
  if (wanted.body) expect(JSON.parse(answer.body)).toMatchObject(wanted.body)
  for (const key of wanted.keys ?? []) expect(JSON.parse(answer.body)).toHaveProperty(key)
  if (wanted.error !== undefined)
    expect((JSON.parse(answer.body) as { error: string }).error).toMatch(new RegExp(wanted.error))
}
