import { CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { validationReport, type ReportLine } from '../../domain/dataset/report'
import { formatCounted } from '../../ui/format'
import { Panel } from '../../ui/panel'
import styles from './validation-panel.module.css'

const LOOK = {
  ok: { icon: CircleCheck, word: 'OK', className: 'good' },
  warning: { icon: TriangleAlert, word: 'Warning', className: 'caution' },
  unknown: { icon: CircleDashed, word: 'Not known', className: 'soft' },
} as const

/** What commonly goes wrong with a set of digits, looked for one by one. */
export function ValidationPanel({ dataset }: { readonly dataset: DatasetRecord }) {
  const lines = validationReport(dataset)
  const warnings = lines.filter(({ verdict }) => verdict === 'warning').length
  return (
    <Panel
      title="Validation"
      note={warnings === 0 ? 'Nothing to warn of' : formatCounted(warnings, 'warning')}
    >
      <ul className={styles['lines']} aria-label="Validation report">
        {lines.map((line) => (
          <Line key={line.check} line={line} />
        ))}
      </ul>
    </Panel>
  )
}

function Line({ line }: { readonly line: ReportLine }) {
  const { icon: Icon, word, className } = LOOK[line.verdict]
  return (
    <li className={styles['line']}>
      <span className={styles[className]}>
        <Icon aria-hidden />
        {word}
      </span>
      <span className={styles['check']}>{line.check}</span>
      <span>{line.text}</span>
    </li>
  )
}
