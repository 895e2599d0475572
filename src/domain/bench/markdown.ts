import { type BenchReport, type BenchResult, fastestTfjs } from './report'
import { subjectName } from './task'

const HEAD = [
  'preset',
  'engine',
  'device',
  'batch',
  'images/s',
  'spread',
  'ms/step',
  'dispatches/step',
  'GFLOP/s',
  '× fastest tfjs',
  'repeats',
] as const

/** The first two columns but one are text; figures stand to the right. */
const TEXT_COLUMNS = 3

/**
 * The report as a Markdown table, with the ratios and what could not be measured below it.
 * Figures are rounded to three or four digits: JSON has them whole.
 */
export function benchMarkdown({ results, ratios, unavailable }: BenchReport): string {
  const [first] = results
  const title =
    first === undefined
      ? 'Nothing was measured.'
      : `${first.task === 'train' ? 'Training' : 'Inference'} in ${first.host}, medians of turns taken one after another by all engines.`
  const rows = results.map((result) => tableRow(result, results))
  const rule = HEAD.map((_, index) => (index < TEXT_COLUMNS ? '---' : '--:'))
  const table = results.length === 0 ? [] : [HEAD, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  const latencies = results.flatMap((result) =>
    result.latencyMs === null
      ? []
      : [
          `- ${result.preset}, ${subjectName(result)}: one digit in ${figure(result.latencyMs.p50)} ms (p50), ${figure(result.latencyMs.p95)} ms (p95)`,
        ],
  )
  const compared = Object.entries(ratios).map(([name, ratio]) => `- ${name}: ${figure(ratio)}×`)
  const missing = unavailable.map(
    (row) => `- ${row.preset}: ${subjectName(row)} was not measured: ${row.reason}`,
  )
  return [[title], table, latencies, compared, missing]
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n')
}

function tableRow(result: BenchResult, results: readonly BenchResult[]): readonly string[] {
  const rival = fastestTfjs(results, result.preset)
  return [
    result.preset,
    subjectName(result),
    `${result.device} (${result.backend})`,
    `${result.batch}`,
    figure(result.imagesPerSecond),
    `${(result.spread * 100).toFixed(1)} %`,
    figure(result.msPerStep),
    result.dispatchesPerStep === null ? '–' : figure(result.dispatchesPerStep),
    figure(result.gigaflops),
    rival === null ? '–' : figure(result.imagesPerSecond / rival.imagesPerSecond),
    `${result.repeats}`,
  ]
}

/** Three significant digits, whole numbers from 100 on, thousands set off. */
function figure(value: number): string {
  if (value < 100) return `${Number(value.toPrecision(3))}`
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}
