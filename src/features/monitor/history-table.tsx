import { Trash2 } from 'lucide-react'
import { Link } from 'wouter'
import type { DriftReport, SignalName } from '../../domain/drift/report'
import type { DriftReportId } from '../../domain/ids'
import { removeDriftReport, restoreDriftReport } from '../../stores/drift'
import { IconButton } from '../../ui/button'
import { formatCount, formatCounted, formatMoment, NO_VALUE } from '../../ui/format'
import { Panel } from '../../ui/panel'
import { Table, type Column } from '../../ui/table'
import { showToast } from '../../ui/toasts'
import { VerdictChip } from '../../ui/verdict-chip'
import { accuracyText, psiText, windowText } from './drift-text'

interface HistoryTableProps {
  readonly reports: readonly DriftReport[]
  readonly shown: DriftReportId | null
  readonly addressOf: (report: DriftReport) => string
}

/** Every check of the version, newest first. */
export function HistoryTable({ reports, shown, addressOf }: HistoryTableProps) {
  const columns: readonly Column<DriftReport>[] = [
    {
      id: 'at',
      title: 'When',
      heading: true,
      cell: (row) => (
        <Link href={addressOf(row)} replace aria-current={row.id === shown ? 'true' : undefined}>
          {formatMoment(row.at)}
        </Link>
      ),
    },
    { id: 'verdict', title: 'Verdict', cell: (row) => <VerdictChip verdict={row.verdict} /> },
    { id: 'window', title: 'Window', cell: (row) => windowText(row.window) },
    { id: 'count', title: 'Images', numeric: true, cell: (row) => formatCount(row.count) },
    psiColumn('label', 'Labels, PSI'),
    psiColumn('prediction', 'Answers, PSI'),
    psiColumn('margin', 'Margin, PSI'),
    { id: 'accuracy', title: 'Read right', numeric: true, cell: accuracyText },
    {
      id: 'remove',
      title: <span className="visually-hidden">Remove</span>,
      cell: (row) => (
        <IconButton label={`Remove the check of ${formatMoment(row.at)}`} onClick={() => void remove(row)}>
          <Trash2 aria-hidden />
        </IconButton>
      ),
    },
  ]
  return (
    <Panel title="History" note={formatCounted(reports.length, 'check')} flush>
      <Table
        caption="History of checks"
        columns={columns}
        rows={reports}
        rowKey={(row) => row.id}
        empty="No check yet."
      />
    </Panel>
  )
}

function psiColumn(signal: SignalName, title: string): Column<DriftReport> {
  return {
    id: signal,
    title,
    numeric: true,
    cell: (row) => {
      const found = row.signals.find((entry) => entry.signal === signal)
      return found === undefined ? NO_VALUE : psiText(found.psi)
    },
  }
}

async function remove(report: DriftReport): Promise<void> {
  const decision = await removeDriftReport(report)
  if (!decision.ok) return showToast({ title: 'The check was not removed', note: decision.error.message })
  showToast({ title: 'Check removed', undo: () => void restoreDriftReport(report) })
}
