import { Eraser, Undo2 } from 'lucide-react'
import { useId, type KeyboardEvent } from 'react'
import { Button } from '../../ui/button'
import { InkCanvas } from '../../ui/ink-canvas'
import { Row } from '../../ui/layout'
import styles from './draw-screen.module.css'
import type { InkControl } from './use-ink'

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit)

/** The canvas and the way back. */
export function DrawingPad({ ink }: { readonly ink: InkControl }) {
  const { strokes, past } = ink.history

  function onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^\d$/.test(event.key)) return
    event.preventDefault()
    ink.place(Number(event.key))
  }

  return (
    <div className={styles['area']}>
      <div
        className={styles['pad']}
        tabIndex={0}
        role="group"
        aria-label="Drawing area. Type a digit to place a sample of it, Control Z to undo, Escape to clear"
        onKeyDown={onKey}
      >
        <InkCanvas
          strokes={strokes}
          onDraw={ink.draw}
          label={strokes.length === 0 ? 'Empty canvas' : `Drawing of ${strokes.length} strokes`}
        />
      </div>
      <Row between>
        <Row>
          <Button disabled={past.length === 0} onClick={ink.undo}>
            <Undo2 aria-hidden />
            Undo
          </Button>
          <Button disabled={strokes.length === 0} onClick={ink.clear}>
            <Eraser aria-hidden />
            Clear
          </Button>
        </Row>
        <span className={styles['keys']}>
          <kbd>Ctrl Z</kbd> undo · <kbd>Esc</kbd> clear
        </span>
      </Row>
    </div>
  )
}

/** A sample of each digit, for those who do not draw. */
export function Samples({ ink }: { readonly ink: InkControl }) {
  const samples = useId()
  return (
    <div className={styles['choices']}>
      <span id={samples} className={styles['label']}>
        Or place a sample digit
      </span>
      <div className={styles['samples']} role="group" aria-labelledby={samples}>
        {DIGITS.map((digit) => (
          <Button key={digit} aria-label={`Sample ${digit}`} onClick={() => ink.place(digit)}>
            {digit}
          </Button>
        ))}
      </div>
    </div>
  )
}
