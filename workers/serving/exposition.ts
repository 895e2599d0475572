/** Prometheus' text format, version 0.0.4. */
import type { Histogram } from './traffic'

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** One metric with all its lines. */
export type MetricFamily = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
  | { readonly type: 'histogram'; readonly histogram: Histogram }
)

/** The families one after the other; those without a sample are left out. The last line ends with a line feed. */
export function expositionText(families: readonly MetricFamily[]): string {
  return families.map(familyText).join('')
}

function familyText(family: MetricFamily): string {
  const lines =
    family.type === 'histogram'
      ? histogramLines(family.name, family.histogram)
      : family.samples.map(({ labels, value }) => sampleLine(family.name, labels, value))
  if (lines.length === 0) return ''
  const head = [`# HELP ${family.name} ${escapeHelp(family.help)}`, `# TYPE ${family.name} ${family.type}`]
  return `${[...head, ...lines].join('\n')}\n`
}

/** Buckets count everything up to their edge; the last one everything. */
function histogramLines(name: string, { edges, counts, sum }: Histogram): string[] {
  let total = 0
  const buckets = counts.map((count, index) => {
    total += count
    const edge = edges[index]
    return sampleLine(`${name}_bucket`, { le: edge === undefined ? '+Inf' : String(edge) }, total)
  })
  return [...buckets, sampleLine(`${name}_sum`, {}, sum), sampleLine(`${name}_count`, {}, total)]
}

function sampleLine(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${valueText(value)}`
}

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return String(value)
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}
