import { useEffect, useRef, type PointerEvent } from 'react'
import { BRUSH, INK_SIZE, type InkStroke } from '../domain/image/ink'
import styles from './ink-canvas.module.css'

/** Canvas pixels per unit: sharp on dense screens and when enlarged. */
const DENSITY = 2

interface InkCanvasProps {
  readonly strokes: readonly InkStroke[]
  /** Every stroke so far, with the one under way last; at most once a frame. */
  readonly onDraw: (strokes: readonly InkStroke[]) => void
  readonly label: string
}

/** A square to draw on with mouse, finger or pen. */
export function InkCanvas({ strokes, onDraw, label }: InkCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const pen = usePen(strokes, onDraw)

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context) paint(context, strokes)
  }, [strokes])

  return (
    <div className={styles['paper']}>
      <canvas
        ref={canvas}
        className={styles['canvas']}
        width={INK_SIZE * DENSITY}
        height={INK_SIZE * DENSITY}
        role="img"
        aria-label={label}
        onPointerDown={pen.begin}
        onPointerMove={pen.extend}
        onPointerUp={pen.end}
        onPointerCancel={pen.end}
        onContextMenu={(event) => event.preventDefault()}
      />
    </div>
  )
}

/** Turns pointer events into a growing stroke. */
function usePen(strokes: readonly InkStroke[], onDraw: InkCanvasProps['onDraw']) {
  /** The stroke under way: points are added faster than React should hear of them. */
  const active = useRef<{ pointer: number; points: number[]; before: readonly InkStroke[] } | null>(null)
  const frame = useRef(0)

  useEffect(() => () => cancelAnimationFrame(frame.current), [])

  function begin(event: PointerEvent<HTMLCanvasElement>) {
    if (!event.isPrimary || event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    active.current = {
      pointer: event.pointerId,
      points: [...inkPoint(event.currentTarget, event)],
      before: strokes,
    }
    announce()
  }

  function extend(event: PointerEvent<HTMLCanvasElement>) {
    const stroke = active.current
    if (stroke === null || stroke.pointer !== event.pointerId) return
    // The browser merges fast movements into one event: a quick curve needs all of them.
    const merged = event.nativeEvent.getCoalescedEvents()
    for (const part of merged.length > 0 ? merged : [event.nativeEvent])
      stroke.points.push(...inkPoint(event.currentTarget, part))
    announce()
  }

  function end(event: PointerEvent<HTMLCanvasElement>) {
    if (active.current?.pointer !== event.pointerId) return
    cancelAnimationFrame(frame.current)
    frame.current = 0
    emit()
    active.current = null
  }

  function announce() {
    if (frame.current !== 0) return
    frame.current = requestAnimationFrame(() => {
      frame.current = 0
      emit()
    })
  }

  function emit() {
    const stroke = active.current
    if (stroke === null) return
    onDraw([...stroke.before, { points: Float32Array.from(stroke.points), width: BRUSH }])
  }

  return { begin, extend, end }
}

function inkPoint(
  element: HTMLElement,
  at: { readonly clientX: number; readonly clientY: number },
): [number, number] {
  const box = element.getBoundingClientRect()
  return [((at.clientX - box.left) / box.width) * INK_SIZE, ((at.clientY - box.top) / box.height) * INK_SIZE]
}

function paint(context: CanvasRenderingContext2D, strokes: readonly InkStroke[]): void {
  context.setTransform(DENSITY, 0, 0, DENSITY, 0, 0)
  context.clearRect(0, 0, INK_SIZE, INK_SIZE)
  context.lineCap = 'round'
  context.lineJoin = 'round'
  for (const { points, width } of strokes) {
    context.lineWidth = width
    context.beginPath()
    context.moveTo(points[0] ?? 0, points[1] ?? 0)
    // A dot is a line of no length, which a round cap makes visible.
    for (let i = 0; i < points.length; i += 2) context.lineTo(points[i] ?? 0, points[i + 1] ?? 0)
    context.stroke()
  }
}
