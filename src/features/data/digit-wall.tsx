import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { formatCount } from '../../ui/format'
import { DigitBlock } from './digit-block'
import { BLOCK, columnsOf, stepOf } from './digit-filter'
import styles from './digit-wall.module.css'

/** Pixels of a digit, and of a cell with its caption. */
const DIGIT = 36
const CELL = 44
const CELL_HEIGHT = DIGIT + 24

interface DigitWallProps {
  readonly datasetId: Parameters<typeof DigitBlock>[0]['datasetId']
  readonly split: 'train' | 'test'
  /** Indices within the split, in the order shown. */
  readonly indices: Uint32Array
  /** What a run answered for each image of the split; null without one. */
  readonly answers: Uint8Array | null
  /** The block to show, as the address says. */
  readonly block: number
  /** The place of the digit that is looked at; null for none. */
  readonly chosen: number | null
  readonly onChoose: (place: number) => void
  /** The block in sight, told once scrolling rests. */
  readonly onBlock: (block: number) => void
}

/**
 * All digits of a split in one box: only blocks in sight are read and drawn. Arrow keys go from digit to digit, Page Up and Page
 * Down a block, Home and End to the ends; Enter shows one.
 */
export function DigitWall(props: DigitWallProps) {
  const { datasetId, split, indices, answers, block, chosen, onChoose, onBlock } = props
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [current, setCurrent] = useState(Math.min(block * BLOCK, Math.max(0, indices.length - 1)))
  const wantsFocus = useRef(false)
  const told = useRef(block)
  const columns = columnsOf(width, CELL)
  const blocks = Math.max(1, Math.ceil(indices.length / BLOCK))
  const blockHeight = (BLOCK / columns) * CELL_HEIGHT

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const virtualizer = useVirtualizer({
    count: blocks,
    getScrollElement: () => box.current,
    estimateSize: (index) =>
      index === blocks - 1
        ? Math.ceil((indices.length - index * BLOCK) / columns) * CELL_HEIGHT
        : blockHeight,
    overscan: 1,
  })
  const { isScrolling, scrollOffset } = virtualizer

  // Another width is another height of every block: the one in sight stays.
  useEffect(() => {
    virtualizer.measure()
    virtualizer.scrollToIndex(told.current, { align: 'start' })
  }, [virtualizer, columns])

  // The address was changed by other hands than the reader's scrolling.
  useEffect(() => {
    if (block === told.current) return
    told.current = block
    virtualizer.scrollToIndex(block, { align: 'start' })
  }, [virtualizer, block])

  useEffect(() => {
    const element = box.current
    if (isScrolling || scrollOffset === null || element === null || width === 0) return
    // The last block may be too short to reach the top.
    const isAtEnd = scrollOffset > 0 && scrollOffset + element.clientHeight >= element.scrollHeight - 1
    const inSight = isAtEnd ? blocks - 1 : Math.floor(scrollOffset / blockHeight)
    if (inSight === told.current) return
    told.current = inSight
    onBlock(inSight)
  }, [isScrolling, scrollOffset, blocks, blockHeight, onBlock, width])

  const items = virtualizer.getVirtualItems()
  useEffect(() => {
    if (!wantsFocus.current) return
    const button = box.current?.querySelector<HTMLButtonElement>(`[data-place="${current}"]`)
    if (button === null || button === undefined) return
    wantsFocus.current = false
    button.focus({ preventScroll: true })
  }, [current, items])

  function onKey(event: KeyboardEvent) {
    const next = stepOf(event.key, current, columns, indices.length)
    if (next === null) return
    event.preventDefault()
    wantsFocus.current = true
    setCurrent(next)
    const top = Math.floor(next / columns) * CELL_HEIGHT
    const element = box.current
    if (element === null) return
    const hidden = top < element.scrollTop || top + CELL_HEIGHT > element.scrollTop + element.clientHeight
    if (hidden) element.scrollTop = Math.max(0, top - (event.key.startsWith('Page') ? 0 : CELL_HEIGHT))
  }

  return (
    <div
      ref={box}
      className={styles['wall']}
      role="group"
      aria-label={`${formatCount(indices.length)} digits. Arrow keys move, Page Up and Page Down turn the page, Enter shows one`}
      onKeyDown={onKey}
    >
      <div className={styles['all']} style={{ height: virtualizer.getTotalSize() }}>
        {width > 0 &&
          items.map(({ index, start, size }) => (
            <DigitBlock
              key={index}
              datasetId={datasetId}
              split={split}
              indices={indices.subarray(index * BLOCK, (index + 1) * BLOCK)}
              answers={answers}
              first={index * BLOCK}
              current={current}
              chosen={chosen}
              layout={{ top: start, height: size, width, columns, digit: DIGIT }}
              onChoose={(place) => {
                setCurrent(place)
                onChoose(place)
              }}
            />
          ))}
      </div>
    </div>
  )
}
