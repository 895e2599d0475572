import { useEffect, useRef, useState } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Curve, CurveChartProps } from './curve'
import { spreadLabels } from './curves'
import { formatCount } from './format'

type Columns = [number[], ...(number | null)[][]]

interface CurvePlotProps extends CurveChartProps {
  readonly columns: Columns
  readonly log: boolean
  readonly onHover: (index: number | null) => void
}

const LABEL_ROOM = 76
const LABEL_GAP = 14

/** The canvas of a chart. Rebuilt when its look changes; new figures only redraw it. */
export function CurvePlot(props: CurvePlotProps) {
  const { columns, log, xEnd } = props
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | null>(null)
  const latest = useRef(props)
  const scheme = useColorScheme()
  const look = props.curves.map((curve) => `${curve.name}:${curve.tone}:${curve.style}`).join('|')

  useEffect(() => {
    latest.current = props
  })

  useEffect(() => {
    const element = host.current
    if (element === null) return
    const created = new UPlot(optionsOf(element, latest, log), latest.current.columns, element)
    plot.current = created
    const observer = new ResizeObserver(([entry]) => {
      if (entry) created.setSize({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      created.destroy()
      plot.current = null
    }
  }, [log, scheme, look])

  useEffect(() => {
    plot.current?.setData(columns)
  }, [columns, xEnd])

  return (
    <div
      ref={host}
      role="img"
      aria-label={`${props.title} over ${formatCount(columns[0].length)} points; press Table for the numbers`}
      style={{ height: '100%', overflow: 'hidden' }}
    />
  )
}

function useColorScheme(): string {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches)
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    function follow() {
      setDark(query.matches)
    }
    query.addEventListener('change', follow)
    return () => query.removeEventListener('change', follow)
  }, [])
  return dark ? 'dark' : 'light'
}

function optionsOf(
  element: HTMLElement,
  latest: { readonly current: CurvePlotProps },
  log: boolean,
): UPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const { curves, formatTick } = latest.current
  const font = `${style.getPropertyValue('--small').trim()} ${style.getPropertyValue('--font').trim()}`
  const axis = {
    stroke: color('--ink-faint'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1, size: 4 },
    font,
  }
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    padding: [8, LABEL_ROOM, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: false, range: (_, __, high) => [0, Math.max(1, latest.current.xEnd, high)] },
      y: {
        distr: log ? 3 : 1,
        range: (_, low, high) => yRange(low, high, latest.current.yTop, log),
      },
    },
    axes: [
      { ...axis, size: 28, values: (_, ticks) => ticks.map((tick) => wholeTick(tick)) },
      {
        ...axis,
        size: (_, ticks) => axisRoom(ticks),
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : formatTick(tick))),
      },
    ],
    series: [{}, ...curves.map((curve) => seriesOf(curve, color(`--series-${curve.tone}`)))],
    hooks: {
      setCursor: [(u) => latest.current.onHover(u.cursor.idx ?? null)],
      draw: [(u) => drawEndLabels(u, latest.current.curves, color, font)],
    },
  }
}

/** Pixels that the figures beside the y axis take; asked for before there are any, too. */
function axisRoom(ticks: readonly string[] | null): number {
  const longest = Math.max(0, ...(ticks ?? []).map((tick) => tick.length))
  return Math.max(48, 16 + longest * 7)
}

function wholeTick(tick: number): string {
  return Number.isInteger(tick) ? formatCount(tick) : ''
}

function yRange(low: number, high: number, top: number | undefined, log: boolean): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return log ? [0.01, 1] : [0, top ?? 1]
  if (log) return [Math.max(low * 0.8, 1e-6), Math.max(high * 1.2, 1e-5)]
  if (top !== undefined) return [Math.max(0, low - (top - low) * 0.05), top]
  return [0, high === 0 ? 1 : high * 1.05]
}

function seriesOf(curve: Curve, stroke: string): UPlot.Series {
  const marks = curve.style === 'marks'
  return {
    label: curve.name,
    stroke,
    width: curve.style === 'line' ? 2 : 1,
    alpha: curve.style === 'ghost' ? 0.3 : 1,
    spanGaps: true,
    points: { show: marks, size: 7, fill: stroke },
  }
}

/** Names each line at its last value, so that nobody has to match colours against a legend. */
function drawEndLabels(
  u: UPlot,
  curves: readonly Curve[],
  color: (name: string) => string,
  font: string,
): void {
  const ratio = u.ctx.canvas.width / u.width
  const named = curves
    .map((curve) => ({ curve, y: curve.points.y.at(-1), x: curve.points.x.at(-1) }))
    .filter((end) => end.curve.style !== 'ghost' && end.y !== undefined && end.x !== undefined)
  const { left, top, width, height } = u.bbox
  const wanted = named.map((end) => u.valToPos(end.y ?? 0, 'y', true))
  const placed = spreadLabels(wanted, LABEL_GAP * ratio, top, top + height)
  u.ctx.save()
  u.ctx.font = font.replace(/[\d.]+px/, (size) => `${Number.parseFloat(size) * ratio}px`)
  u.ctx.textBaseline = 'middle'
  u.ctx.textAlign = 'left'
  named.forEach(({ curve, x }, index) => {
    u.ctx.fillStyle = color(`--series-${curve.tone}`)
    const atEnd = Math.min(u.valToPos(x ?? 0, 'x', true), left + width)
    u.ctx.fillText(curve.name, atEnd + 8 * ratio, placed[index] ?? top)
  })
  u.ctx.restore()
}
