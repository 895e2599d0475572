import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names'
import styles from './notice.module.css'

type NoticeTone = 'info' | 'good' | 'caution' | 'failure'

const ICON = { info: Info, good: CircleCheck, caution: TriangleAlert, failure: CircleAlert }

interface NoticeProps {
  readonly tone: NoticeTone
  readonly title: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
}

/** Something the reader should know. A failure is announced at once; the rest waits its turn. */
export function Notice({ tone, title, children, actions }: NoticeProps) {
  const Icon = ICON[tone]
  return (
    <div
      className={classNames(styles['notice'], tone !== 'info' && styles[tone])}
      role={tone === 'failure' ? 'alert' : 'status'}
    >
      <Icon aria-hidden />
      <div className={styles['body']}>
        <span className={styles['title']}>{title}</span>
        {children}
        {actions !== undefined && actions !== false && <div className={styles['actions']}>{actions}</div>}
      </div>
    </div>
  )
}

interface EmptyStateProps {
  readonly title: string
  /** What this screen is for. */
  readonly children: ReactNode
  /** The one next action. */
  readonly action?: ReactNode
}

/** A screen with nothing to show yet: what it is for, and the one next action. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className={styles['empty']}>
      <h2>{title}</h2>
      <p>{children}</p>
      {action !== undefined && <div className={styles['actions']}>{action}</div>}
    </div>
  )
}
