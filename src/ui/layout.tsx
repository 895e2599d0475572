import type { ReactNode } from 'react'
import { classNames } from './class-names'
import styles from './layout.module.css'

interface Children {
  readonly children: ReactNode
}

/** Parts below each other. */
export function Stack({ children }: Children) {
  return <div className={styles['stack']}>{children}</div>
}

/** Parts beside each other where there is room. */
export function Columns({ children }: Children) {
  return <div className={styles['columns']}>{children}</div>
}

/** Small things in a line, wrapping. */
export function Row({ children, between = false }: Children & { readonly between?: boolean }) {
  return <div className={classNames(styles['row'], between && styles['between'])}>{children}</div>
}
