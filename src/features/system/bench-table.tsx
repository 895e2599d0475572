import { type BenchReport, type BenchResult, fastestTfjs } from '../../domain/bench/report'
import { type BenchTask, subjectName } from '../../domain/bench/task'
import { formatCount, formatMilliseconds, formatPercent, formatRate, NO_VALUE } from '../../ui/format'
import { type Column, Table } from '../../ui/table'

interface BenchTableProps {
  readonly task: BenchTask['task']
  readonly report: BenchReport
}

/** Rows of a benchmark, the fastest tfjs backend of the same preset as the measure. */
export function BenchTable({ task, report }: BenchTableProps) {
  return (
    <Table
      caption="Benchmark"
      columns={columnsOf(task, report.results)}
      rows={report.results}
      rowKey={(result) => `${result.preset} ${subjectName(result)}`}
      empty="The first figures come after the warm-up."
    />
  )
}

function columnsOf(task: BenchTask['task'], results: readonly BenchResult[]): readonly Column<BenchResult>[] {
  const reads = task === 'infer'
  return [
    { id: 'engine', title: 'Engine', heading: true, cell: subjectName },
    { id: 'preset', title: 'Preset', cell: ({ preset }) => preset },
    { id: 'device', title: 'Device', cell: ({ device, backend }) => <span title={backend}>{device}</span> },
    {
      id: 'rate',
      title: 'Median',
      numeric: true,
      cell: ({ imagesPerSecond }) => formatRate(imagesPerSecond),
    },
    { id: 'spread', title: 'Spread', numeric: true, cell: ({ spread }) => formatPercent(spread, 1) },
    {
      id: 'step',
      title: reads ? 'Per batch' : 'Per step',
      numeric: true,
      cell: ({ msPerStep }) => formatMilliseconds(msPerStep),
    },
    {
      id: 'dispatches',
      title: 'Dispatches',
      numeric: true,
      cell: ({ dispatchesPerStep }) =>
        dispatchesPerStep === null ? NO_VALUE : formatCount(Math.round(dispatchesPerStep)),
    },
    {
      id: 'arithmetic',
      title: 'GFLOP/s',
      numeric: true,
      cell: ({ gigaflops }) => (gigaflops < 10 ? gigaflops.toFixed(2) : formatCount(gigaflops)),
    },
    ...(reads
      ? [
          {
            id: 'latency',
            title: 'One digit, p95',
            numeric: true,
            cell: ({ latencyMs }: BenchResult) =>
              latencyMs === null ? NO_VALUE : formatMilliseconds(latencyMs.p95),
          },
        ]
      : []),
    {
      id: 'ratio',
      title: 'Fastest tfjs = 1',
      numeric: true,
      cell: (result) => {
        const rival = fastestTfjs(results, result.preset)
        return rival === null ? NO_VALUE : times(result.imagesPerSecond / rival.imagesPerSecond)
      },
    },
    { id: 'repeats', title: 'Turns', numeric: true, cell: ({ repeats }) => repeats },
  ]
}

function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(2) : formatCount(ratio)}×`
}
