import type { SignalName } from '../../domain/drift/report'
import type { DriftSimulation, SimulatedStrength } from '../../stores/drift'
import { formatCounted, formatPercent, NO_VALUE } from '../../ui/format'
import { Table, type Column } from '../../ui/table'
import { VerdictChip } from '../../ui/verdict-chip'
import { accuracyText, psiText, SHIFT_TEXTS, strengthText } from './drift-text'
import styles from './forms.module.css'

interface StrengthTableProps {
  readonly simulation: DriftSimulation
  readonly strengths: readonly SimulatedStrength[]
}

/** One row a strength: the truth, and what each signal makes of it. */
export function StrengthTable({ simulation, strengths }: StrengthTableProps) {
  const first = accuracyOf(strengths[0])
  const columns: readonly Column<SimulatedStrength>[] = [
    {
      id: 'strength',
      title: SHIFT_TEXTS[simulation.shift].name,
      heading: true,
      cell: ({ strength }) => strengthText(simulation.shift, strength),
    },
    { id: 'accuracy', title: 'True accuracy', numeric: true, cell: ({ findings }) => accuracyText(findings) },
    {
      id: 'lost',
      title: 'Lost',
      numeric: true,
      cell: (row) => {
        const now = accuracyOf(row)
        return first === null || now === null ? NO_VALUE : formatPercent(Math.max(0, first - now), 1)
      },
    },
    signalColumn('label', 'Labels, PSI'),
    signalColumn('prediction', 'Answers, PSI'),
    signalColumn('margin', 'Margin, PSI'),
  ]
  return (
    <Table
      caption={`${SHIFT_TEXTS[simulation.shift].name}: signals beside the accuracy, ${formatCounted(strengths.length, 'strength')}`}
      columns={columns}
      rows={strengths}
      rowKey={({ strength }) => strength}
      empty="The first strength is being read."
    />
  )
}

function accuracyOf(row: SimulatedStrength | undefined): number | null {
  const accuracy = row?.findings.accuracy
  return accuracy ? accuracy.correct / accuracy.count : null
}

function signalColumn(name: SignalName, title: string): Column<SimulatedStrength> {
  return {
    id: name,
    title,
    numeric: true,
    cell: ({ findings }) => {
      const signal = findings.signals.find((entry) => entry.signal === name)
      if (signal === undefined) return NO_VALUE
      return (
        <span className={styles['cell']}>
          {psiText(signal.psi)} <VerdictChip verdict={signal.verdict} />
        </span>
      )
    },
  }
}
