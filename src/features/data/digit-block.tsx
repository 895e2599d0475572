import { useEffect, useMemo, useRef } from 'react'
import type { DatasetId } from '../../domain/ids'
import { useDigits } from '../../stores/queries'
import { classNames } from '../../ui/class-names'
import { digitPixels } from '../../ui/digit-pixels'
import styles from './digit-wall.module.css'

interface BlockLayout {
  readonly top: number
  readonly height: number
  readonly width: number
  readonly columns: number
  /** Side of a digit in CSS pixels. */
  readonly digit: number
}

interface DigitBlockProps {
  readonly datasetId: DatasetId
  readonly split: 'train' | 'test'
  readonly indices: Uint32Array
  readonly answers: Uint8Array | null
  /** The place of the block's first digit among all shown. */
  readonly first: number
  readonly current: number
  readonly chosen: number | null
  readonly layout: BlockLayout
  readonly onChoose: (place: number) => void
}

/** One block of digits: a canvas, and over it a button for each with its label. Its space is there before its digits are read. */
export function DigitBlock(props: DigitBlockProps) {
  const { datasetId, split, indices, answers, first, current, chosen, layout, onChoose } = props
  const list = useMemo(() => [...indices], [indices])
  const digits = useDigits(datasetId, split, list) ?? null
  const canvas = useRef<HTMLCanvasElement>(null)
  const { columns, digit, height, top, width } = layout

  useEffect(() => {
    if (canvas.current !== null && digits !== null)
      draw(canvas.current, digits.images, { columns, digit, height, top, width })
  }, [digits, columns, digit, height, top, width])

  return (
    <div className={styles['block']} style={{ height, transform: `translateY(${top}px)` }}>
      <canvas ref={canvas} aria-hidden style={{ width, height }} />
      <ul
        className={styles['cells']}
        aria-label={`Digits ${first + 1} to ${first + list.length} with their labels`}
        style={{
          gridTemplateColumns: `repeat(${columns}, 1fr)`,
          gridAutoRows: height / Math.ceil(list.length / columns),
        }}
      >
        {list.map((index, offset) => {
          const place = first + offset
          const label = digits?.labels[offset]
          const answer = answers?.[index]
          const isWrong = answer !== undefined && label !== undefined && answer !== label
          return (
            <li key={index} className={styles['cell']}>
              <button
                type="button"
                className={classNames(styles['pick'], isWrong && styles['wrong'])}
                tabIndex={place === current ? 0 : -1}
                data-place={place}
                aria-current={place === chosen}
                onClick={() => onChoose(place)}
              >
                {label === undefined ? '' : isWrong ? `${label} → ${answer}` : `${label}`}
              </button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function draw(canvas: HTMLCanvasElement, images: Uint8Array, layout: BlockLayout): void {
  const scale = window.devicePixelRatio
  canvas.width = Math.round(layout.width * scale)
  canvas.height = Math.round(layout.height * scale)
  const context = canvas.getContext('2d')
  if (context === null || images.length === 0) return
  const { width, height, rgba } = digitPixels(images, 1)
  const atlas = document.createElement('canvas')
  atlas.width = width
  atlas.height = height
  atlas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0)
  const count = images.length / 784
  const cell = layout.width / layout.columns
  const rowHeight = layout.height / Math.ceil(count / layout.columns)
  context.scale(scale, scale)
  context.imageSmoothingQuality = 'high'
  for (let index = 0; index < count; index++) {
    const x = (index % layout.columns) * cell + (cell - layout.digit) / 2
    const y = Math.floor(index / layout.columns) * rowHeight + 4
    context.drawImage(atlas, 0, index * 28, 28, 28, x, y, layout.digit, layout.digit)
  }
}
