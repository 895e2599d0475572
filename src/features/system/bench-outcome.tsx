import { benchMarkdown } from '../../domain/bench/markdown'
import type { BenchReport } from '../../domain/bench/report'
import { subjectName } from '../../domain/bench/task'
import type { BenchState } from '../../stores/bench'
import { formatCounted } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import styles from './bench-panel.module.css'
import { BenchTable } from './bench-table'
import { CopyButton } from '../../ui/copy-button'
import { reportText, type Fact } from './report'

interface BenchOutcomeProps {
  readonly bench: BenchState
  /** Browser, threads and adapter: what a copied report says of this machine. */
  readonly machine: readonly Fact[]
}

/** What a benchmark found so far, or in the end. */
export function BenchOutcome({ bench, machine }: BenchOutcomeProps) {
  switch (bench.state) {
    case 'idle':
      return null
    case 'failed':
      return (
        <Notice tone="failure" title="The benchmark ended early">
          {bench.error.message}
        </Notice>
      )
    case 'running':
      return bench.progress === null ? null : <BenchTable task={bench.task} report={bench.progress.report} />
    case 'ended':
      return (
        <Stack>
          {bench.stopped && (
            <Notice tone="info" title="Stopped">
              These are the turns that were taken before.
            </Notice>
          )}
          {bench.report.results.length > 0 && <BenchTable task={bench.task} report={bench.report} />}
          <Missing report={bench.report} />
          {bench.report.results.length > 0 && <CopyRow report={bench.report} machine={machine} />}
        </Stack>
      )
  }
}

function Missing({ report: { unavailable } }: { readonly report: BenchReport }) {
  if (unavailable.length === 0) return null
  return (
    <Notice tone="caution" title="Not measured here">
      <ul className={styles['missing']}>
        {unavailable.map((row) => (
          <li key={`${row.preset} ${subjectName(row)}`}>
            {subjectName(row)} on {row.preset}: {row.reason}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

function CopyRow({ report, machine }: { readonly report: BenchReport; readonly machine: readonly Fact[] }) {
  const rows = formatCounted(report.results.length, 'row')
  const ratios = Object.keys(report.ratios).length
  return (
    <Row>
      <CopyButton
        label="Copy as JSON"
        text={JSON.stringify(report, null, 2)}
        done="Benchmark copied as JSON"
        note={`${rows}, ${formatCounted(ratios, 'ratio')}, every figure whole.`}
      />
      <CopyButton
        label="Copy as Markdown"
        text={`${benchMarkdown(report)}\n${reportText(machine)}\n`}
        done="Benchmark copied as Markdown"
        note={`A table of ${rows}, the ratios and what this machine is.`}
      />
    </Row>
  )
}
