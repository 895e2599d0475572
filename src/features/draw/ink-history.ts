import type { InkStroke } from '../../domain/image/ink'

/** A drawing and the way back: clearing can be undone as a stroke can. */
export interface InkHistory {
  readonly strokes: readonly InkStroke[]
  readonly past: readonly (readonly InkStroke[])[]
}

export const NO_INK: InkHistory = { strokes: [], past: [] }

const LONGEST_PAST = 100

/** The drawing while a stroke grows: a new stroke is one step back, its further points are not. */
export function drawStrokes(history: InkHistory, strokes: readonly InkStroke[]): InkHistory {
  if (strokes.length === history.strokes.length) return { ...history, strokes }
  return replaceStrokes(history, strokes)
}

/** Another drawing in place of this one, as one step. */
export function replaceStrokes(history: InkHistory, strokes: readonly InkStroke[]): InkHistory {
  return { strokes, past: [...history.past, history.strokes].slice(-LONGEST_PAST) }
}

/** Clears the canvas; an empty one stays as it is. */
export function clearInk(history: InkHistory): InkHistory {
  return history.strokes.length === 0 ? history : replaceStrokes(history, [])
}

/** One step back, as far as there are any. */
export function undoInk(history: InkHistory): InkHistory {
  const before = history.past.at(-1)
  return before === undefined ? history : { strokes: before, past: history.past.slice(0, -1) }
}
