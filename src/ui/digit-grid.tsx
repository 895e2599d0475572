import { useEffect, useRef, useState } from 'react'
import { digitPixels } from './digit-pixels'
import styles from './digits.module.css'

interface DigitGridProps {
  readonly label: string
  /** count × 784 bytes; a few hundred digits at most, drawn in one go within a few milliseconds. */
  readonly images: Uint8Array
  /** Text under each digit. */
  readonly captions: readonly string[]
  /** Space is kept for this many digits while they are read. */
  readonly reserve?: number
  /** Side of a digit in CSS pixels. */
  readonly size?: number
  readonly captionWidth?: number
  /** Leave out digits that would begin a row and not fill it. */
  readonly wholeRows?: boolean
}

const CAPTION_HEIGHT = 16
const ROW_GAP = 8

/** Digits in rows on one canvas, captions as text above it. */
export function DigitGrid({
  label,
  images,
  captions,
  reserve = 0,
  size = 36,
  captionWidth,
  wholeRows = false,
}: DigitGridProps) {
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)

  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const cell = Math.max(size + 8, captionWidth ?? 0)
  const columns = Math.max(1, Math.floor(width / cell))
  const rowHeight = size + CAPTION_HEIGHT + ROW_GAP
  const wanted = Math.max(reserve, captions.length)
  const rows = wholeRows && wanted > columns ? Math.floor(wanted / columns) : Math.ceil(wanted / columns)
  const shown = captions.slice(0, rows * columns)

  useEffect(() => {
    if (canvas.current !== null && width > 0)
      drawGrid(canvas.current, images.subarray(0, rows * columns * 784), {
        width,
        height: rows * rowHeight,
        columns,
        rowHeight,
        size,
      })
  }, [images, width, rows, rowHeight, columns, size])

  return (
    <div ref={frame} className={styles['grid']} style={{ height: rows * rowHeight }}>
      <canvas ref={canvas} aria-hidden style={{ width, height: rows * rowHeight }} />
      <ul
        className={styles['cells']}
        aria-label={label}
        style={{
          gridTemplateColumns: `repeat(${columns}, 1fr)`,
          gridAutoRows: rowHeight,
        }}
      >
        {shown.map((caption, index) => (
          <li key={index} className={styles['cell']}>
            {caption}
          </li>
        ))}
      </ul>
    </div>
  )
}

interface GridLayout {
  readonly width: number
  readonly height: number
  readonly columns: number
  readonly rowHeight: number
  readonly size: number
}

function drawGrid(canvas: HTMLCanvasElement, images: Uint8Array, layout: GridLayout): void {
  const scale = window.devicePixelRatio
  canvas.width = Math.round(layout.width * scale)
  canvas.height = Math.round(layout.height * scale)
  const context = canvas.getContext('2d')
  if (context === null || images.length === 0) return
  const atlas = atlasOf(images)
  const cell = layout.width / layout.columns
  context.scale(scale, scale)
  context.imageSmoothingQuality = 'high'
  for (let index = 0; index < images.length / 784; index++) {
    const x = (index % layout.columns) * cell + (cell - layout.size) / 2
    const y = Math.floor(index / layout.columns) * layout.rowHeight + ROW_GAP / 2
    context.drawImage(atlas, 0, index * 28, 28, 28, x, y, layout.size, layout.size)
  }
}

function atlasOf(images: Uint8Array): HTMLCanvasElement {
  const atlas = document.createElement('canvas')
  const { width, height, rgba } = digitPixels(images, 1)
  atlas.width = width
  atlas.height = height
  atlas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0)
  return atlas
}
