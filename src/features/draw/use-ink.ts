import { useEffect, useState } from 'react'
import { INK_SIZE, type InkStroke } from '../../domain/image/ink'
import { PICTURE_MAX_BYTES } from '../../domain/image/picture-header'
import { clearReading, leaveDrawing, onRefusal, readInk, readPicture } from '../../stores/drawing'
import {
  clearInk,
  drawStrokes,
  isEmpty,
  NO_INK,
  replaceByPicture,
  replaceStrokes,
  undoInk,
  type InkHistory,
} from './ink-history'
import { sampleStrokes } from './sample-strokes'

export interface InkControl {
  readonly history: InkHistory
  readonly empty: boolean
  /** Why the last picture was not taken; what was there before it is there again. */
  readonly problem: string | null
  readonly draw: (strokes: readonly InkStroke[]) => void
  readonly place: (digit: number) => void
  readonly open: (picture: File) => void
  /** Says why no picture came. */
  readonly complain: (problem: string) => void
  readonly undo: () => void
  readonly clear: () => void
}

/** What lies on the canvas, read anew whenever it changes. */
export function useInk(): InkControl {
  const [history, setHistory] = useState(NO_INK)
  const [problem, setProblem] = useState<string | null>(null)
  const { strokes, picture } = history
  useEffect(() => {
    if (picture !== null) readPicture(picture.bytes)
    else if (strokes.length > 0) readInk({ size: INK_SIZE, strokes })
    else clearReading()
  }, [strokes, picture])

  // What was there before a picture that cannot be read comes back.
  useEffect(
    () =>
      onRefusal((error) => {
        setProblem(error.message)
        setHistory((before) => (before.picture === null ? before : undoInk(before)))
      }),
    [],
  )

  function change(next: (before: InkHistory) => InkHistory): void {
    setProblem(null)
    setHistory(next)
  }

  usePageKeys(change)
  useLeaving()

  return {
    history,
    empty: isEmpty(history),
    problem,
    draw: (next) => change((before) => drawStrokes(before, next)),
    place: (digit) => change((before) => replaceStrokes(before, sampleStrokes(digit))),
    open: (file) =>
      void readBytes(file).then((bytes) => {
        if (bytes === null)
          setProblem('The picture file could not be read: it was moved or changed. Choose it again.')
        else change((before) => replaceByPicture(before, { file, bytes }))
      }),
    complain: setProblem,
    undo: () => change(undoInk),
    clear: () => change(clearInk),
  }
}

/** As far as a picture may be long and one byte more, so that a longer one is seen to be that. Null where it cannot be read. */
async function readBytes(file: File): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await file.slice(0, PICTURE_MAX_BYTES + 1).arrayBuffer())
  } catch {
    return null
  }
}

/** The page's shortcuts; a dialog or a field keeps its own. */
function usePageKeys(change: (next: (before: InkHistory) => InkHistory) => void): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.defaultPrevented || ownsKeys(event.target)) return
      if (event.key === 'Escape') change(clearInk)
      else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
        event.preventDefault()
        change(undoInk)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}

export function ownsKeys(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('[role="dialog"], [role="alertdialog"], input:not([type="file"]), select, textarea') !==
      null
  )
}

/** A drawing is finished when the page is left, too. */
function useLeaving(): void {
  useEffect(() => {
    function onVisibility() {
      if (document.visibilityState === 'hidden') leaveDrawing()
    }
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      clearReading()
    }
  }, [])
}
