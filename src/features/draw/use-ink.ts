import { useEffect, useState } from 'react'
import type { VersionId } from '../../domain/ids'
import { INK_SIZE, type InkStroke } from '../../domain/image/ink'
import { clearReading, readInk } from '../../stores/drawing'
import { clearInk, drawStrokes, NO_INK, replaceStrokes, undoInk, type InkHistory } from './ink-history'
import { sampleStrokes } from './sample-strokes'

export interface InkControl {
  readonly history: InkHistory
  readonly draw: (strokes: readonly InkStroke[]) => void
  readonly place: (digit: number) => void
  readonly undo: () => void
  readonly clear: () => void
}

/** The drawing, read anew whenever it or the model changes. */
export function useInk(versionId: VersionId | null): InkControl {
  const [history, setHistory] = useState(NO_INK)
  const { strokes } = history

  useEffect(() => {
    if (strokes.length === 0) clearReading()
    else if (versionId !== null) readInk({ size: INK_SIZE, strokes })
  }, [strokes, versionId])

  // The page's shortcuts; a dialog or a field keeps its own.
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.target instanceof Element && event.target.closest('[role="dialog"], input, select, textarea'))
        return
      if (event.key === 'Escape') setHistory(clearInk)
      else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
        event.preventDefault()
        setHistory(undoInk)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return {
    history,
    draw: (next) => setHistory((before) => drawStrokes(before, next)),
    place: (digit) => setHistory((before) => replaceStrokes(before, sampleStrokes(digit))),
    undo: () => setHistory(undoInk),
    clear: () => setHistory(clearInk),
  }
}
