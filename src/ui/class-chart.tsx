import { lazy, Suspense } from 'react'
import type { ClassMetrics } from '../domain/metrics/evaluation'
import styles from './class-chart.module.css'
import { CLASS_SERIES, describeClasses } from './class-scores'
import { Panel } from './panel'

/** The drawing library is fetched when the first such chart is shown. */
const ClassPlot = lazy(async () => ({ default: (await import('./class-plot')).ClassPlot }))

/** Precision and recall of each digit as dots; the numbers stand in the table beside it. */
export function ClassChart({ classes }: { readonly classes: readonly ClassMetrics[] }) {
  return (
    <Panel title="Precision and recall" note="% of digits, by digit">
      <div className={styles['legend']}>
        {CLASS_SERIES.map(({ key, name, meaning }) => (
          <span key={key} className={styles['entry']}>
            <span className={styles[key]} />
            {name}: {meaning}
          </span>
        ))}
      </div>
      <div className={styles['area']} role="img" aria-label={describeClasses(classes)}>
        <Suspense fallback={null}>
          <ClassPlot classes={classes} />
        </Suspense>
      </div>
    </Panel>
  )
}
