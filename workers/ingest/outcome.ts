/** A reason why bytes could not be taken: what was expected, what was found, the way out. Codes are the protocol's. */
export interface IngestProblem {
  readonly code: 'bad-input' | 'over-budget' | 'unreachable' | 'digest-mismatch' | 'not-found' | 'stopped'
  readonly message: string
}

/** Foreign bytes being wrong is an answer, never an exception; what throws is a bug. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: IngestProblem }

export function success<Value>(value: Value): Outcome<Value> {
  return { ok: true, value }
}

export function failure(
  code: IngestProblem['code'],
  message: string,
): { readonly ok: false; readonly problem: IngestProblem } {
  return { ok: false, problem: { code, message } }
}

export function stopped(): { readonly ok: false; readonly problem: IngestProblem } {
  return failure('stopped', 'Loading was stopped; nothing was kept or changed.')
}

export interface Progress {
  /** For people: "Unpacking train-images-idx3-ubyte.gz". */
  readonly label: string
  readonly done: number
  /** Null when the sender does not say how much there is. */
  readonly total: number | null
  readonly unit: 'bytes' | 'images'
  /** Foreign bytes are being decoded: silence for long means that it hangs. */
  readonly decoding?: true
}

export type OnProgress = (progress: Progress) => void

const GROUPED = new Intl.NumberFormat('en')

/** 60000 → "60,000". */
export function grouped(count: number): string {
  return GROUPED.format(count)
}

/** A size for people in decimal units: "2.1 GB", "47 MB", "12 bytes". */
export function sizeText(bytes: number): string {
  if (bytes < 10_000) return `${grouped(bytes)} bytes`
  const [unit, name] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB']
  const value = bytes / unit
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${name}`
}
