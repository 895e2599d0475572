import type { Evaluation } from '../../domain/metrics/evaluation'
import { confusionDifference } from '../../domain/registry/comparison'
import { classNames } from '../../ui/class-names'
import styles from './compare.module.css'

interface DifferenceMatrixProps {
  readonly first: Evaluation
  readonly second: Evaluation
}

/** How many digits more or fewer the second model has in each cell. Good and bad are told by the sign's colour and by its place. */
export function DifferenceMatrix({ first, second }: DifferenceMatrixProps) {
  const difference = confusionDifference(first, second)
  const largest = Math.max(1, ...difference.flat().map(Math.abs))
  return (
    <div className={styles['scroll']} tabIndex={0} role="group" aria-label="Confusion matrix, difference">
      <table className={styles['matrix']}>
        <caption className="visually-hidden">
          Difference of the confusion matrices: rows actual, columns predicted
        </caption>
        <thead>
          <tr>
            <th scope="col">is ↓ read as →</th>
            {difference.map((_, predicted) => (
              <th key={predicted} scope="col">
                {predicted}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {difference.map((row, actual) => (
            <tr key={actual}>
              <th scope="row">{actual}</th>
              {row.map((count, predicted) => (
                <td
                  key={predicted}
                  className={classNames(styles['cell'], count === 0 && styles['same'])}
                  style={count === 0 ? {} : shade(count, actual === predicted, largest)}
                >
                  {count === 0 ? '0' : `${count > 0 ? '+' : '−'}${Math.abs(count)}`}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function shade(count: number, right: boolean, largest: number) {
  const tone = count > 0 === right ? 'series-3' : 'series-2'
  const heat = 12 + 34 * Math.sqrt(Math.abs(count) / largest)
  return { backgroundColor: `color-mix(in srgb, var(--${tone}) ${heat.toFixed(0)}%, var(--surface))` }
}
