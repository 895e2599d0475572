import type { ReactNode } from 'react'
import { classNames } from './class-names'
import styles from './panel.module.css'

interface PanelProps {
  readonly title: string
  readonly note?: ReactNode
  readonly actions?: ReactNode
  /** The body reaches the panel's edges: for tables. */
  readonly flush?: boolean
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** A titled part of a screen. Its heading names it; a landmark for each would only be noise. */
export function Panel({ title, note, actions, flush = false, className, children }: PanelProps) {
  return (
    <section className={classNames(styles['panel'], className)}>
      <header className={styles['head']}>
        <h2>{title}</h2>
        {note !== undefined && <span className={styles['note']}>{note}</span>}
        {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
      </header>
      <div className={classNames(styles['body'], flush && styles['flush'])}>{children}</div>
    </section>
  )
}
