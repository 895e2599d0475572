import { CircleAlert, CircleCheck, CircleDashed, Eye } from 'lucide-react'
import type { DriftVerdict } from '../domain/drift/report'
import { VERDICT_WORDS } from '../domain/drift/words'
import { classNames } from './class-names'
import styles from './status-chip.module.css'

const LOOK = {
  'not-enough-data': { icon: CircleDashed, tone: undefined },
  stable: { icon: CircleCheck, tone: 'completed' },
  watch: { icon: Eye, tone: 'stopped' },
  drift: { icon: CircleAlert, tone: 'failed' },
} as const

/** A verdict on drift in a word, a sign and a colour. */
export function VerdictChip({ verdict }: { readonly verdict: DriftVerdict }) {
  const { icon: Icon, tone } = LOOK[verdict]
  return (
    <span className={classNames(styles['chip'], tone !== undefined && styles[tone])}>
      <Icon aria-hidden />
      {VERDICT_WORDS[verdict]}
    </span>
  )
}
