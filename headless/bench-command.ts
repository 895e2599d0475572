import { findPreset } from '../src/domain/model/presets'
import { BENCH_DEFAULTS, benchInfer, benchTrain, INFERENCE_BATCH } from './bench'
import type { BenchOptions } from './command-line'
import { done, type Result, usage } from './problem'
import type { Progress } from './progress'
import type { Report } from './stages'

/** `bench train` and `bench infer`: the command line's options over the benchmark's own. */
export async function benchCommand(asked: BenchOptions, progress: Progress): Promise<Result<Report>> {
  const presets = asked.presets ?? BENCH_DEFAULTS.presets
  for (const name of presets) {
    const search = findPreset(name)
    if (search.kind === 'unknown') return usage('bad-params', `--preset: ${search.message}.`)
  }
  const options = {
    presets,
    hosts: asked.hosts ?? BENCH_DEFAULTS.hosts,
    build: asked.build ?? BENCH_DEFAULTS.build,
    threads: asked.threads ?? BENCH_DEFAULTS.threads,
    batch: asked.batch ?? (asked.task === 'train' ? BENCH_DEFAULTS.batch : INFERENCE_BATCH),
    repeats: asked.repeats ?? BENCH_DEFAULTS.repeats,
    seconds: asked.seconds ?? BENCH_DEFAULTS.seconds,
  }
  progress.say(
    `Measuring ${presets.join(', ')} in ${options.hosts.join(' and ')}, ${options.repeats} repeats …`,
  )
  const report = await (asked.task === 'train' ? benchTrain(options) : benchInfer(options))
  return done({ ...report })
}
