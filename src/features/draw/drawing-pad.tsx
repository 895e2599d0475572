import { ClipboardPaste, Eraser, ImageUp, Undo2 } from 'lucide-react'
import { useEffect, useId, useRef, type KeyboardEvent } from 'react'
import { INK_SIZE } from '../../domain/image/ink'
import { Button } from '../../ui/button'
import { classNames } from '../../ui/class-names'
import { InkCanvas } from '../../ui/ink-canvas'
import { Row } from '../../ui/layout'
import styles from './draw-screen.module.css'
import type { InkControl } from './use-ink'
import { usePictureInput } from './use-picture-input'

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit)

interface DrawingPadProps {
  readonly ink: InkControl
  /** The picture was read and may be shown. */
  readonly pictureRead: boolean
  /** The keys for right and wrong, while the canvas has the keyboard. */
  readonly onVerdictKey: (key: 'right' | 'wrong') => void
}

/** The canvas, the way back, and the ways to bring a picture. */
export function DrawingPad({ ink, pictureRead, onVerdictKey }: DrawingPadProps) {
  const { strokes, picture, past } = ink.history
  const input = usePictureInput(ink)

  function onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.toLowerCase()
    if (/^\d$/.test(key)) ink.place(Number(key))
    else if (key === 'y') onVerdictKey('right')
    else if (key === 'n') onVerdictKey('wrong')
    else return
    event.preventDefault()
  }

  return (
    <div className={styles['area']}>
      <div
        id="drawing-area"
        className={classNames(styles['pad'], input.dragging && styles['dragging'])}
        tabIndex={0}
        role="group"
        aria-label="Drawing area. Type a digit to place a sample of it, Y when it was read right, N when not, Control V to paste a picture, Control Z to undo, Escape to clear"
        onKeyDown={onKey}
      >
        <InkCanvas strokes={strokes} onDraw={ink.draw} label={labelOf(ink)} />
        {pictureRead && picture !== null && <PictureView file={picture.file} />}
        {input.dragging && <span className={styles['drop']}>Drop a picture of a digit</span>}
      </div>
      <Row between>
        <Row>
          <Button disabled={past.length === 0} onClick={ink.undo}>
            <Undo2 aria-hidden />
            Undo
          </Button>
          <Button disabled={ink.empty} onClick={ink.clear}>
            <Eraser aria-hidden />
            Clear
          </Button>
        </Row>
        <Row>
          <ChoosePicture onChoose={ink.open} />
          <Button aria-label="Paste a picture" onClick={() => void input.paste()}>
            <ClipboardPaste aria-hidden />
            Paste
          </Button>
        </Row>
      </Row>
      <p className={styles['keys']}>
        On the canvas: <kbd>0</kbd>–<kbd>9</kbd> sample · <kbd>Y</kbd> right · <kbd>N</kbd> wrong ·{' '}
        <kbd>Ctrl V</kbd> picture · <kbd>Ctrl Z</kbd> undo · <kbd>Esc</kbd> clear
      </p>
    </div>
  )
}

function labelOf({ history: { strokes, picture } }: InkControl): string {
  if (picture !== null) return 'A picture of a digit'
  return strokes.length === 0 ? 'Empty canvas' : `Drawing of ${strokes.length} strokes`
}

function ChoosePicture({ onChoose }: { readonly onChoose: (file: File) => void }) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button onClick={() => field.current?.click()}>
        <ImageUp aria-hidden />
        Picture
      </Button>
      <input
        ref={field}
        type="file"
        hidden
        aria-label="Picture of a digit"
        accept="image/png,image/jpeg,image/webp"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          if (file !== undefined) onChoose(file)
          // The same file may be chosen again.
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

/** Pixels a side: sharp on dense screens. */
const VIEW_SIDE = 2 * INK_SIZE

/** The picture's first frame, over the canvas. Its name and what was read of it stand beside. */
function PictureView({ file }: { readonly file: File }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    let gone = false
    void createImageBitmap(file).then(
      (bitmap) => {
        const context = canvas.current?.getContext('2d')
        if (context && !gone) paintWhole(context, bitmap)
        bitmap.close()
      },
      // The worker read it; where the page cannot show it, the 28 × 28 pixels beside still do.
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [file])
  return (
    <canvas ref={canvas} className={styles['picture']} width={VIEW_SIDE} height={VIEW_SIDE} aria-hidden />
  )
}

/** As large as it fits, in the middle. */
function paintWhole(context: CanvasRenderingContext2D, bitmap: ImageBitmap): void {
  const scale = VIEW_SIDE / Math.max(bitmap.width, bitmap.height)
  const width = bitmap.width * scale
  const height = bitmap.height * scale
  context.clearRect(0, 0, VIEW_SIDE, VIEW_SIDE)
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, (VIEW_SIDE - width) / 2, (VIEW_SIDE - height) / 2, width, height)
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
