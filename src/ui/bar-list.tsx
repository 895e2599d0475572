import styles from './bar-list.module.css'
import { classNames } from './class-names'

export interface Bar {
  readonly label: string
  /** In [0, 1]: the bar's share of the full width. */
  readonly share: number
  /** The value as text, unit included. */
  readonly value: string
  readonly leading?: boolean
}

/** Named bars with their values written out: for ten classes, not for a thousand. */
export function BarList({ label, bars }: { readonly label: string; readonly bars: readonly Bar[] }) {
  return (
    <ul className={styles['bars']} aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.label} className={classNames(styles['row'], bar.leading === true && styles['leading'])}>
          <span className={styles['label']}>{bar.label}</span>
          <span className={styles['track']} aria-hidden>
            <span
              className={styles['fill']}
              style={{ display: 'block', transform: `scaleX(${Math.min(1, Math.max(0, bar.share))})` }}
            />
          </span>
          <span className={styles['value']}>{bar.value}</span>
        </li>
      ))}
    </ul>
  )
}
