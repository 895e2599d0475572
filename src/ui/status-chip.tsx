import { CircleCheck, CircleDashed, CirclePause, CircleStop, CircleX, Tag } from 'lucide-react'
import { classNames } from './class-names'
import type { ShownStatus } from './run-text'
import styles from './status-chip.module.css'

const LOOK = {
  running: { icon: CircleDashed, text: 'Running' },
  completed: { icon: CircleCheck, text: 'Completed' },
  stopped: { icon: CircleStop, text: 'Stopped' },
  failed: { icon: CircleX, text: 'Failed' },
  interrupted: { icon: CirclePause, text: 'Interrupted' },
} as const

/** A run's status in a word, a sign and a colour. */
export function StatusChip({ status }: { readonly status: ShownStatus }) {
  const { icon: Icon, text } = LOOK[status]
  return (
    <span className={classNames(styles['chip'], styles[status])}>
      <Icon aria-hidden />
      {text}
    </span>
  )
}

/** A version whose weights are not what was saved. */
export function DamagedChip() {
  return (
    <span className={classNames(styles['chip'], styles['failed'])}>
      <CircleX aria-hidden />
      Damaged
    </span>
  )
}

/** A registry alias. */
export function AliasChip({ alias }: { readonly alias: string }) {
  return (
    <span className={classNames(styles['chip'], styles['alias'])}>
      <Tag aria-hidden />
      {alias}
    </span>
  )
}
