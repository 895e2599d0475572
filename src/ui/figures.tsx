import { Fragment, type ReactNode } from 'react'
import styles from './figures.module.css'

export interface FigureItem {
  readonly label: string
  /** Already formatted, unit included. */
  readonly value: ReactNode
  readonly note?: ReactNode
}

/** Large figures side by side, each with its name and what it was measured on. */
export function Figures({ items }: { readonly items: readonly FigureItem[] }) {
  return (
    <dl className={styles['figures']}>
      {items.map((item) => (
        <div key={item.label}>
          <dt className={styles['label']}>{item.label}</dt>
          <dd className={styles['value']}>{item.value}</dd>
          {item.note !== undefined && <dd className={styles['note']}>{item.note}</dd>}
        </div>
      ))}
    </dl>
  )
}

export interface Fact {
  readonly name: string
  readonly value: ReactNode
}

/** Names and values in two columns. */
export function Facts({ items }: { readonly items: readonly Fact[] }) {
  return (
    <dl className={styles['facts']}>
      {items.map(({ name, value }) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
