import type { IngestBudget } from './budget'
import type { NamedBytes } from './idx'
import { failure, type IngestProblem, type Outcome, sizeText, stopped, success } from './outcome'

/** The part of `fetch` that is used here. */
export type Fetch = (
  url: string,
  init: { readonly signal: AbortSignal; readonly headers?: Record<string, string> },
) => Promise<Response>

export interface DownloadRequest {
  readonly name: string
  readonly url: string
}

export interface DownloadOptions {
  readonly fetch: Fetch
  readonly budget: IngestBudget
  readonly signal: AbortSignal
  /** How long a host may send nothing before it is given up. */
  readonly patienceMs: number
  /** Over all files; the total is null while a host does not say it. */
  readonly onBytes: (done: number, total: number | null) => void
}

/** Downloads files side by side. The first that fails ends the others, and its problem is the answer. */
export async function downloadFiles(
  requests: readonly DownloadRequest[],
  options: DownloadOptions,
): Promise<Outcome<readonly NamedBytes[]>> {
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  const meter = createMeter(requests.length, options.onBytes)
  let first: IngestProblem | null = null
  const files = await Promise.all(
    requests.map(async (request): Promise<NamedBytes | null> => {
      const file = await downloadFile(request, { ...options, signal }, meter)
      if (file.ok) return { name: request.name, bytes: file.value }
      first ??= file.problem
      ending.abort()
      return null
    }),
  )
  if (options.signal.aborted) return stopped()
  if (first !== null) return { ok: false, problem: first }
  return success(files.filter((file) => file !== null))
}

interface Meter {
  readonly expect: (bytes: number | null) => void
  readonly add: (bytes: number) => void
}

function createMeter(files: number, onBytes: DownloadOptions['onBytes']): Meter {
  const expected: (number | null)[] = []
  let done = 0
  function total(): number | null {
    const sum = expected.reduce<number | null>(
      (sum, bytes) => (sum === null || bytes === null ? null : sum + bytes),
      0,
    )
    // A host that announces less than it sends has announced something else, a packed transfer for example.
    return expected.length < files || sum === null || sum < done ? null : sum
  }
  return {
    expect: (bytes) => expected.push(bytes),
    add(bytes) {
      done += bytes
      onBytes(done, total())
    },
  }
}

async function downloadFile(
  { name, url }: DownloadRequest,
  options: DownloadOptions,
  meter: Meter,
): Promise<Outcome<Uint8Array>> {
  // Called on its own: a browser's fetch refuses to be the method of another object.
  const { budget, fetch, patienceMs } = options
  const silence = new AbortController()
  const signal = AbortSignal.any([options.signal, silence.signal])
  const response = await inPatience(fetch(url, { signal }), patienceMs, silence)
  if (response === 'silent') return silent(name, patienceMs)
  if (response === 'failed') return unreachable(name)
  const missing = missingReason(response)
  if (missing !== null) {
    silence.abort()
    return failure('not-found', `${name} is not there (${missing})`)
  }
  const announced = announcedBytes(response)
  if (announced !== null && announced > budget.fileBytes) {
    silence.abort()
    return tooLarge(name, announced, budget)
  }
  meter.expect(announced)
  if (response.body === null) return success(new Uint8Array(0))

  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const read = await inPatience(reader.read(), patienceMs, silence)
    if (read === 'silent') return silent(name, patienceMs)
    if (read === 'failed') return failure('unreachable', `${name} broke off after ${sizeText(length)}`)
    if (read.done) return success(joined(chunks, length))
    chunks.push(read.value)
    length += read.value.length
    if (length > budget.fileBytes) {
      silence.abort()
      return tooLarge(name, length, budget)
    }
    meter.add(read.value.length)
  }
}

/** A rejected fetch or read tells nothing that a program may rely on: it failed. */
export async function inPatience<Value>(
  promise: Promise<Value>,
  patienceMs: number,
  silence: AbortController,
): Promise<Value | 'silent' | 'failed'> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const patience = new Promise<'silent'>((resolve) => {
    timer = setTimeout(() => resolve('silent'), patienceMs)
  })
  try {
    const first = await Promise.race([promise, patience])
    if (first === 'silent') silence.abort()
    return first
  } catch {
    return 'failed'
  } finally {
    clearTimeout(timer)
  }
}

/** Why an answer is no file: an error status, or the start page that many servers send for unknown addresses. */
export function missingReason(response: Response): string | null {
  if (!response.ok) return `the server answered ${response.status}`
  const type = response.headers.get('content-type') ?? ''
  return /text\/html/i.test(type) ? 'the server answered with a web page' : null
}

function announcedBytes(response: Response): number | null {
  if (response.headers.get('content-encoding') !== null) return null
  const text = response.headers.get('content-length') ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

function silent(name: string, patienceMs: number): Outcome<never> {
  return failure('unreachable', `${name}: no byte came for ${patienceMs / 1000} s`)
}

function unreachable(name: string): Outcome<never> {
  return failure('unreachable', `${name} could not be reached`)
}

function tooLarge(name: string, bytes: number, budget: IngestBudget): Outcome<never> {
  return failure(
    'over-budget',
    `${name} may have at most ${sizeText(budget.fileBytes)}, found ${sizeText(bytes)}`,
  )
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
