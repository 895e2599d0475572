import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis, type TooltipContentProps } from 'recharts'
import type { ClassMetrics } from '../domain/metrics/evaluation'
import styles from './class-chart.module.css'
import { axisFloor, CLASS_SERIES } from './class-scores'
import { formatCount, formatPercent, formatPercentTick } from './format'

const TICK = { fill: 'var(--ink-faint)', fontSize: 'var(--small)' }
const DOTS = {
  precision: { r: 6, fill: 'var(--surface)', stroke: 'var(--series-2)', strokeWidth: 2 },
  recall: { r: 3, fill: 'var(--series-1)', stroke: 'none' },
} as const

/** The drawing: a ring and a dot a digit, so that equal values are both seen. Named and described by whoever shows it. */
export function ClassPlot({ classes }: { readonly classes: readonly ClassMetrics[] }) {
  return (
    <LineChart
      responsive
      style={{ width: '100%', height: '100%' }}
      data={classes}
      margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid stroke="var(--line)" vertical={false} />
      <XAxis
        dataKey="label"
        interval={0}
        padding={{ left: 14, right: 14 }}
        tick={TICK}
        tickLine={false}
        axisLine={{ stroke: 'var(--line-strong)' }}
        height={24}
      />
      <YAxis
        domain={[axisFloor(classes), 1]}
        tickCount={6}
        tickFormatter={formatPercentTick}
        tick={TICK}
        tickLine={false}
        axisLine={false}
        width={48}
      />
      <Tooltip content={ClassNumbers} cursor={{ stroke: 'var(--line-strong)' }} isAnimationActive={false} />
      {CLASS_SERIES.map(({ key, name }) => (
        <Line
          key={key}
          dataKey={key}
          name={name}
          stroke="none"
          dot={DOTS[key]}
          activeDot={DOTS[key]}
          isAnimationActive={false}
        />
      ))}
    </LineChart>
  )
}

function ClassNumbers({ active, payload }: TooltipContentProps) {
  const row: unknown = payload[0]?.payload
  if (!active || !isClass(row)) return null
  return (
    <div className={styles['numbers']}>
      <strong>Digit {row.label}</strong>
      {CLASS_SERIES.map(({ key, name }) => (
        <span key={key} className={styles['entry']}>
          <span className={styles[key]} />
          {name} {formatPercent(row[key])}
        </span>
      ))}
      <span>of {formatCount(row.support)} test digits</span>
    </div>
  )
}

/** The library hands a chart's own row back without its type. */
function isClass(row: unknown): row is ClassMetrics {
  return typeof row === 'object' && row !== null && 'precision' in row && 'support' in row
}
