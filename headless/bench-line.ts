import { WARM_UP } from '../src/domain/bench/load-drive'
import { BENCH_ENGINES, CONVOLUTIONS } from '../src/domain/bench/task'
import type { BenchOptions } from './bench'
import type { DrawBenchOptions } from './bench-draw'
import { atLeast, eachOf, oneOf, wholeNumber } from './option-values'
import { done, type Result, usage } from './problem'
import type { ServeBenchOptions } from './serve-bench-options'

export type AnyBenchOptions = BenchOptions | DrawBenchOptions | ServeBenchOptions

/** The options as typed. */
interface BenchTexts {
  readonly preset?: string[] | undefined
  readonly engine?: string[] | undefined
  readonly convolution?: string[] | undefined
  readonly browser: boolean
  readonly build?: string | undefined
  readonly threads?: string | undefined
  readonly batch?: string | undefined
  readonly repeats?: string | undefined
  readonly seconds?: string | undefined
  readonly digits?: string | undefined
  readonly seed?: string | undefined
  readonly url?: string | undefined
  readonly requests?: string | undefined
  readonly concurrency?: string | undefined
}

/** Reads what follows `bench`. */
export function benchOptions(rest: readonly string[], texts: BenchTexts): Result<AnyBenchOptions> {
  const tasks = ['train', 'infer', 'draw', 'serve'] as const
  const task = oneOf('bench', tasks, rest[0] ?? '', 'npm run studio -- bench train')
  if (!task.ok) return task
  if (task.value === 'draw') return drawBenchOptions(texts)
  if (task.value === 'serve') return serveBenchOptions(texts)
  const engines = eachOf('--engine', BENCH_ENGINES, texts.engine)
  if (!engines.ok) return engines
  const convolutions = eachOf('--convolution', CONVOLUTIONS, texts.convolution)
  if (!convolutions.ok) return convolutions
  const build = oneOf('--build', ['auto', 'simd', 'relaxed-simd'] as const, texts.build ?? 'auto')
  if (!build.ok) return build
  const threads = atLeast('--threads', 1, texts.threads)
  if (!threads.ok) return threads
  if (threads.value !== null && !(Number.isInteger(threads.value) && threads.value <= 64))
    return usage('bad-params', `--threads takes a whole number from 1 to 64, found ${threads.value}.`)
  const batch = atLeast('--batch', 1, texts.batch)
  if (!batch.ok) return batch
  if (batch.value !== null && !(Number.isInteger(batch.value) && batch.value <= 4096))
    return usage('bad-params', `--batch takes a whole number from 1 to 4096, found ${batch.value}.`)
  const repeats = atLeast('--repeats', 5, texts.repeats)
  if (!repeats.ok) return repeats
  const seconds = atLeast('--seconds', 0.05, texts.seconds)
  if (!seconds.ok) return seconds
  return done({
    task: task.value,
    presets: texts.preset ?? null,
    engines: engines.value,
    convolutions: convolutions.value,
    browser: texts.browser,
    build: texts.build === undefined ? null : build.value,
    threads: threads.value,
    batch: batch.value,
    repeats: repeats.value,
    seconds: seconds.value,
  })
}

const MOST_DRAWN = 10_000

function drawBenchOptions({ digits, seed }: BenchTexts): Result<DrawBenchOptions> {
  const count = atLeast('--digits', 1, digits ?? String(MOST_DRAWN))
  if (!count.ok) return count
  const drawn = count.value ?? 0
  if (!Number.isInteger(drawn) || drawn > MOST_DRAWN)
    return usage('bad-params', `--digits takes a whole number from 1 to ${MOST_DRAWN}, found ${digits}.`)
  const lot = atLeast('--seed', 0, seed ?? '42')
  if (!lot.ok) return lot
  const number = lot.value ?? 0
  if (!Number.isInteger(number) || number >= 2 ** 32)
    return usage('bad-params', `--seed takes a whole number from 0 to 4294967295, found ${seed}.`)
  return done({ task: 'draw', digits: drawn, seed: number })
}

function serveBenchOptions(texts: BenchTexts): Result<ServeBenchOptions> {
  const requests = wholeNumber('--requests', texts.requests ?? '5000', 1_000_000)
  if (!requests.ok) return requests
  const concurrency = wholeNumber('--concurrency', texts.concurrency ?? '16', 1000)
  if (!concurrency.ok) return concurrency
  const { url = null } = texts
  if (url !== null && !/^http:\/\/[^/\s]+\/?$/.test(url))
    return usage(
      'bad-params',
      `--url takes a server like http://localhost:8000, found ${JSON.stringify(url)}.`,
    )
  return done({
    task: 'serve',
    url,
    warmUp: WARM_UP,
    requests: requests.value,
    concurrency: concurrency.value,
  })
}
