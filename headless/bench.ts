/** `studio bench`: engines side by side on this machine, in Node or in headless Chromium. */
import type { BenchProgress, BenchReport } from '../src/domain/bench/report'
import {
  type BenchEngine,
  BENCH_ENGINES,
  benchSubjects,
  type BenchTask,
  type Convolution,
  INFERENCE_BATCH,
} from '../src/domain/bench/task'
import { DEFAULT_PARAMS } from '../src/domain/params/defaults'
import { engineContenders } from '../workers/engine/bench/engines'
import { measure } from '../workers/engine/bench/measure'
import { measureInChromium } from './bench-browser'
import { nodeEngineHost } from './host'

/** What `bench` is asked for; null where the benchmark's own default holds. */
export interface BenchOptions {
  readonly task: 'train' | 'infer'
  readonly presets: readonly string[] | null
  readonly engines: readonly BenchEngine[] | null
  readonly convolutions: readonly Convolution[] | null
  /** In headless Chromium instead of Node. */
  readonly browser: boolean
  readonly build: BenchTask['build'] | null
  /** Null: as many as the machine runs at once. */
  readonly threads: number | null
  readonly batch: number | null
  /** At least 5, so that median and spread mean something. */
  readonly repeats: number | null
  readonly seconds: number | null
}

const DEFAULT_PRESET = 'rf5-13k'
const REPEATS = 7
const SECONDS = 1
/** A browser needs longer: processes start, pages settle. */
const WARM_UP_SECONDS = { node: 1.5, browser: 4 }

/** The options with every default filled in. */
export function benchTask(options: BenchOptions): BenchTask {
  const { task, browser } = options
  // Beside the rivals where they run; predictions, and Node, have one engine of interest.
  const engines = options.engines ?? (browser && task === 'train' ? BENCH_ENGINES : ['wasm'])
  return {
    task,
    subjects: benchSubjects(options.presets ?? [DEFAULT_PRESET], engines, options.convolutions ?? ['auto']),
    batch: options.batch ?? (task === 'train' ? DEFAULT_PARAMS.train.batch_size : INFERENCE_BATCH),
    build: options.build ?? 'auto',
    threads: options.threads ?? 0,
    repeats: options.repeats ?? REPEATS,
    seconds: options.seconds ?? SECONDS,
    warmUpSeconds: browser ? WARM_UP_SECONDS.browser : WARM_UP_SECONDS.node,
  }
}

/**
 * Measures where the options say.
 * @throws RangeError for an unknown preset; Error when Chromium is asked for and cannot be started
 */
export async function bench(
  options: BenchOptions,
  onProgress: (progress: BenchProgress) => void,
): Promise<BenchReport> {
  const task = benchTask(options)
  if (options.browser) return measureInChromium(task, onProgress)
  const host = nodeEngineHost()
  const hostName = `Node ${process.versions.node.split('.')[0] ?? ''}`
  const turns = measure(engineContenders(task, host), { task, host, hostName })
  let next = await turns.next()
  while (next.done !== true) {
    onProgress(next.value)
    next = await turns.next()
  }
  return next.value
}
