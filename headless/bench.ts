/** `studio bench`: how fast this machine trains and reads digits, in Node and in headless Chromium. */
import type { BenchResult, BenchTask } from '../workers/engine/bench'
import { measure } from '../workers/engine/bench'
import { measureInBrowser } from './bench-browser'
import { nodeEngineHost } from './host'

export interface BenchOptions {
  readonly presets: readonly string[]
  readonly batch: number
  readonly build: BenchTask['build']
  /** 0: as many as the machine runs at once. */
  readonly threads: number
  /** At least 5, so that median and spread mean something. */
  readonly repeats: number
  readonly seconds: number
  /** Where to measure; both are told apart by `host` in the results. */
  readonly hosts: readonly ('node' | 'browser')[]
}

export interface BenchReport {
  readonly results: readonly BenchResult[]
  /** How many times as fast the first host was as the second, for each preset measured in both: "rf5-13k: Chromium 156 / Node 20". */
  readonly ratios: Readonly<Record<string, number>>
}

export const BENCH_DEFAULTS: BenchOptions = {
  presets: ['rf5-13k'],
  batch: 128,
  build: 'auto',
  threads: 0,
  repeats: 7,
  seconds: 1,
  hosts: ['node'],
}

/** Images of a prediction that is measured by its throughput. */
export const INFERENCE_BATCH = 256

/** A browser needs longer: processes start, pages settle. */
const WARM_UP_SECONDS = { node: 1.5, browser: 4 }

/**
 * Training speed: whole steps on made-up digits, warm-up apart.
 * @throws RangeError for options out of range or an unknown preset; Error when Chromium is asked for and cannot be started
 */
export function benchTrain(options: Partial<BenchOptions> = {}): Promise<BenchReport> {
  return bench('train', { ...BENCH_DEFAULTS, ...options })
}

/** Inference speed in batches (256 unless said), bytes in and logits out. */
export function benchInfer(options: Partial<BenchOptions> = {}): Promise<BenchReport> {
  return bench('infer', { ...BENCH_DEFAULTS, batch: INFERENCE_BATCH, ...options })
}

async function bench(task: BenchTask['task'], options: BenchOptions): Promise<BenchReport> {
  const { presets, batch, build, threads, repeats, seconds, hosts } = options
  if (!(repeats >= 5)) throw new RangeError(`a benchmark needs at least 5 repeats, found ${repeats}`)
  if (!(seconds > 0)) throw new RangeError(`a repeat must take some seconds, found ${seconds}`)
  const results: BenchResult[] = []
  for (const preset of presets)
    for (const host of hosts) {
      const warmUpSeconds = WARM_UP_SECONDS[host]
      const asked = { task, preset, batch, build, threads, repeats, seconds, warmUpSeconds }
      const major = process.versions.node.split('.')[0] ?? ''
      results.push(
        host === 'browser'
          ? await measureInBrowser(asked)
          : await measure(asked, nodeEngineHost(), `Node ${major}`),
      )
    }
  return { results, ratios: ratiosOf(results) }
}

/** Each preset's first result against every other one of it. */
function ratiosOf(results: readonly BenchResult[]): Record<string, number> {
  const ratios: Record<string, number> = {}
  for (const [index, first] of results.entries()) {
    if (results.findIndex(({ preset }) => preset === first.preset) !== index) continue
    for (const other of results.slice(index + 1))
      if (other.preset === first.preset)
        ratios[`${first.preset}: ${first.host} / ${other.host}`] =
          first.imagesPerSecond / other.imagesPerSecond
  }
  return ratios
}
