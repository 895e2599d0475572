import type { EngineRecord } from '../registry/records'
import { type BenchSubject, subjectName } from './task'

/** How a subject computed. */
export interface BenchSetup {
  /** The kernels' build, the adapter, the library's version. */
  readonly backend: string
  /** For people: "CPU · 2 threads". */
  readonly device: string
  /** Of the processor. */
  readonly threads: number
  /** Of an engine of the studio. */
  readonly record: EngineRecord | null
  /** Said by whoever computes elsewhere than the benchmark itself. */
  readonly host?: string
}

/** One measured row. Figures are medians over the turns. */
export interface BenchResult extends BenchSubject, BenchSetup {
  readonly task: 'train' | 'infer'
  /** Where: "Chromium 156", "Node 20". */
  readonly host: string
  readonly parameters: number
  readonly batch: number
  /** Turns measured. Who is slow has fewer. */
  readonly repeats: number
  /** Steps (or batches) measured in all turns. */
  readonly steps: number
  readonly imagesPerSecond: number
  /** The slowest and the fastest turn. */
  readonly imagesPerSecondRange: readonly [number, number]
  /** That range as a share of the median. */
  readonly spread: number
  readonly msPerStep: number
  /** Of the model's multiply-adds (2 operations each; a training step counts three forward passes). */
  readonly gigaflops: number
  /** Kernels (draws, with WebGL) that a step asks the GPU for; null where nothing is asked of one. */
  readonly dispatchesPerStep: number | null
  /** Command buffers' submissions; null where there are none. */
  readonly submitsPerStep: number | null
  /** Loss of the very first step and of the last turn: it learns, so it does the whole work. Null for predictions. */
  readonly loss: readonly [number, number] | null
  /** Of predicting one digit at a time; null for training. */
  readonly latencyMs: Latency | null
}

/** Milliseconds by rank: half of all calls took at most p50, 95 of 100 at most p95. */
export interface Latency {
  readonly p50: number
  readonly p95: number
  readonly count: number
}

/** A subject that could not be measured here. */
export interface Unavailable extends BenchSubject {
  readonly reason: string
}

export interface BenchReport {
  readonly results: readonly BenchResult[]
  /** Images a second of one row over another's of the same preset, by name: "rf5-13k: wasm / tfjs-webgl". */
  readonly ratios: Readonly<Record<string, number>>
  readonly unavailable: readonly Unavailable[]
}

/** What has been measured so far, and what is being done. */
export interface BenchProgress {
  /** "Measuring wasm on rf5-13k, 2 of 5". */
  readonly doing: string
  /** Share of the whole in [0, 1]. */
  readonly share: number
  readonly report: BenchReport
}

/** The studio's own engines; everything else is a rival. */
const OWN: ReadonlySet<string> = new Set(['wasm', 'webgpu'])

/** Each of the studio's engines over every rival of its preset, and over its own kind that comes after it. */
export function benchRatios(results: readonly BenchResult[]): Record<string, number> {
  const ratios: Record<string, number> = {}
  for (const [index, own] of results.entries()) {
    if (!OWN.has(own.engine)) continue
    for (const [at, other] of results.entries())
      if (other.preset === own.preset && (!OWN.has(other.engine) || at > index))
        ratios[`${own.preset}: ${subjectName(own)} / ${subjectName(other)}`] =
          own.imagesPerSecond / other.imagesPerSecond
  }
  return ratios
}

/** The fastest tfjs backend of a preset: what a page without the studio's engines would have. Null when none was measured. */
export function fastestTfjs(results: readonly BenchResult[], preset: string): BenchResult | null {
  return results
    .filter((result) => result.preset === preset && result.engine.startsWith('tfjs-'))
    .reduce<BenchResult | null>(
      (best, result) => (best === null || result.imagesPerSecond > best.imagesPerSecond ? result : best),
      null,
    )
}

/** The middle of an odd number of values, the mean of the two middle ones of an even number. @throws RangeError for none */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) throw new RangeError('a median needs at least one value')
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
