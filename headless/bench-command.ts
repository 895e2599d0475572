import { benchMarkdown } from '../src/domain/bench/markdown'
import type { BenchReport } from '../src/domain/bench/report'
import { findPreset } from '../src/domain/model/presets'
import { bench, type BenchOptions } from './bench'
import { done, EXIT, type Result, usage } from './problem'
import type { Progress } from './progress'

/** What a benchmark prints: the report as it is, or as a table. */
export interface BenchOutput {
  readonly report: BenchReport
  readonly text: string
}

/** `bench train` and `bench infer`. What cannot be measured here is named in the report; it fails when nothing can. */
export async function benchCommand(asked: BenchOptions, progress: Progress): Promise<Result<BenchOutput>> {
  for (const name of asked.presets ?? []) {
    const search = findPreset(name)
    if (search.kind === 'unknown') return usage('bad-params', `--preset: ${search.message}.`)
  }
  const report = await bench(asked, ({ doing, share }) =>
    progress.show(`${doing} (${Math.round(share * 100)} %)`),
  )
  const text = benchMarkdown(report)
  if (report.results.length > 0) return done({ report, text })
  const reasons = report.unavailable.map(({ engine, reason }) => `${engine}: ${reason}`).join('; ')
  const message = `None of the engines could be measured here. ${reasons}. Choose others with --engine.`
  return { ok: false, problem: { exit: EXIT.failure, code: 'unsupported', message } }
}
