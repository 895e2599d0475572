/** Counts what was asked and answered since the host started. */

/** Upper bounds in seconds. */
const DURATION_EDGES = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25] as const
/** Where a good model's answers lie: close to 1. */
const CONFIDENCE_EDGES = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999] as const

export interface Histogram {
  readonly edges: readonly number[]
  /** One more than edges; not cumulative. */
  readonly counts: readonly number[]
  readonly sum: number
}

/** A count under some labels. */
interface Counted<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>
  readonly count: number
}

export interface Traffic {
  countRequest(path: string, code: number, seconds: number): void
  countPrediction(model: string, version: string, label: number, confidence: number): void
  /** An inference request as a whole, well or badly ended. */
  countInference(model: string, version: string, ok: boolean): void
  readonly requests: () => readonly Counted<'path' | 'code'>[]
  readonly predictions: () => readonly Counted<'model' | 'version' | 'class' | 'source'>[]
  readonly inferences: (ok: boolean) => readonly Counted<'model' | 'version'>[]
  readonly durations: () => Histogram
  readonly confidences: () => Histogram
}

export function createTraffic(): Traffic {
  const requests = tally<'path' | 'code'>()
  const predictions = tally<'model' | 'version' | 'class' | 'source'>()
  const inferences = {
    ok: tally<'model' | 'version'>(),
    failed: tally<'model' | 'version'>(),
  }
  const durations = histogram(DURATION_EDGES)
  const confidences = histogram(CONFIDENCE_EDGES)
  return {
    countRequest(path, code, seconds) {
      requests.add(`${path} ${code}`, () => ({ path, code: String(code) }))
      durations.observe(seconds)
    },
    countPrediction(model, version, label, confidence) {
      predictions.add(`${model} ${version} ${label}`, () => ({
        model,
        version,
        class: String(label),
        source: 'api',
      }))
      confidences.observe(confidence)
    },
    countInference(model, version, ok) {
      ;(ok ? inferences.ok : inferences.failed).add(`${model} ${version}`, () => ({ model, version }))
    },
    requests: requests.list,
    predictions: predictions.list,
    inferences: (ok) => (ok ? inferences.ok : inferences.failed).list(),
    durations: durations.read,
    confidences: confidences.read,
  }
}

function tally<Label extends string>() {
  const kept = new Map<string, { readonly labels: Readonly<Record<Label, string>>; count: number }>()
  return {
    add(key: string, labels: () => Readonly<Record<Label, string>>): void {
      const known = kept.get(key)
      if (known) known.count++
      else kept.set(key, { labels: labels(), count: 1 })
    },
    list: (): readonly Counted<Label>[] => [...kept.values()],
  }
}

function histogram(edges: readonly number[]) {
  const counts = Array.from({ length: edges.length + 1 }, () => 0)
  let sum = 0
  return {
    observe(value: number): void {
      // A bucket holds what is at most its edge.
      const found = edges.findIndex((edge) => value <= edge)
      const at = found < 0 ? edges.length : found
      counts[at] = (counts[at] ?? 0) + 1
      sum += value
    },
    read: (): Histogram => ({ edges, counts: [...counts], sum }),
  }
}
