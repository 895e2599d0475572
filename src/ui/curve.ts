import type { ReactNode } from 'react'
import type { Points } from './curves'

export interface Curve {
  readonly name: string
  /** A colour of the series palette, 1…8. */
  readonly tone: number
  /** A ghost is the raw curve behind a smoothed one; marks are single measurements. */
  readonly style: 'line' | 'ghost' | 'marks'
  readonly points: Points
}

export interface CurveChartProps {
  readonly title: string
  readonly unit: string
  readonly xName: string
  /** A place on the x axis, for the legend and the table; whole numbers where it is left out. */
  readonly formatX?: (x: number) => string
  /** A value in full, for the legend and the table. */
  readonly format: (value: number) => string
  /** A round value beside the axis. */
  readonly formatTick: (value: number) => string
  readonly curves: readonly Curve[]
  /** The x axis reaches at least this far, so that a live curve grows into kept space. */
  readonly xEnd: number
  /** Fixed upper end of y, for shares. */
  readonly yTop?: number
  /** Offer a logarithmic y axis. */
  readonly canLog?: boolean
  /** Half as high, for what is looked at in passing. */
  readonly low?: boolean
  /** A sentence below. */
  readonly note?: ReactNode
}
