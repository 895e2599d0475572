import type { ParamValue } from '../../domain/params/draft'
import { formatPercent } from '../../ui/format'
import styles from './search.module.css'

interface ValueStripProps {
  readonly path: string
  readonly values: readonly ParamValue[]
  readonly points: readonly {
    readonly value: ParamValue
    readonly accuracy: number
    readonly best: boolean
  }[]
}

const WIDTH = 300
const HEIGHT = 160
const LEFT = 56
const FOOT = 24
const TOP = 8

/** How validation accuracy goes with one parameter: a dot a trial, over the parameter's values in the order they were tried. */
export function ValueStrip({ path, values, points }: ValueStripProps) {
  const accuracies = points.map(({ accuracy }) => accuracy)
  const low = Math.min(...accuracies)
  const high = Math.max(...accuracies)
  const span = Math.max(high - low, 1e-4)
  const x = (value: ParamValue) => LEFT + ((values.indexOf(value) + 0.5) * (WIDTH - LEFT)) / values.length
  const y = (accuracy: number) => TOP + ((high - accuracy) / span) * (HEIGHT - TOP - FOOT - 8)
  const told = points.map(({ value, accuracy }) => `${value}: ${formatPercent(accuracy)}`).join(', ')
  return (
    <figure className={styles['strip']}>
      <figcaption>{path}</figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Validation accuracy by ${path}: ${told}`}
      >
        {[high, low].map((accuracy, index) => (
          <g key={index}>
            <line className={styles['grid']} x1={LEFT} x2={WIDTH} y1={y(accuracy)} y2={y(accuracy)} />
            <text className={styles['axisText']} x={0} y={y(accuracy) + 4}>
              {formatPercent(accuracy)}
            </text>
          </g>
        ))}
        {values.map((value) => (
          <text
            key={String(value)}
            className={`${styles['axisText']} ${styles['center']}`}
            x={x(value)}
            y={HEIGHT - 4}
          >
            {shortened(String(value), values.length)}
          </text>
        ))}
        {points.map(({ value, accuracy, best }, index) => (
          <circle
            key={index}
            className={best ? styles['best'] : styles['dot']}
            cx={x(value)}
            cy={y(accuracy)}
            r={best ? 6 : 4}
          />
        ))}
      </svg>
    </figure>
  )
}

/** As much of a value as has room beside its neighbours. */
function shortened(text: string, count: number): string {
  const room = Math.max(4, Math.floor((WIDTH - LEFT) / count / 6.5))
  return text.length > room ? `${text.slice(0, room - 1)}…` : text
}
