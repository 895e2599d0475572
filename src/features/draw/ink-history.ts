import type { InkStroke } from '../../domain/image/ink'

/** A picture file with its bytes. */
export interface PictureFile {
  readonly file: File
  readonly bytes: Uint8Array
}

/** What lies on the canvas: strokes, or a picture in their place. */
interface Sheet {
  readonly strokes: readonly InkStroke[]
  readonly picture: PictureFile | null
}

/** A drawing and the way back: clearing can be undone as a stroke can. */
export interface InkHistory extends Sheet {
  readonly past: readonly Sheet[]
}

export const NO_INK: InkHistory = { strokes: [], picture: null, past: [] }

const LONGEST_PAST = 100

export function isEmpty({ strokes, picture }: Sheet): boolean {
  return strokes.length === 0 && picture === null
}

/** The drawing while a stroke grows: a new stroke is one step back, its further points are not. */
export function drawStrokes(history: InkHistory, strokes: readonly InkStroke[]): InkHistory {
  if (strokes.length === history.strokes.length) return { ...history, strokes }
  return replaceStrokes(history, strokes)
}

/** Another drawing in place of what is there, as one step. */
export function replaceStrokes(history: InkHistory, strokes: readonly InkStroke[]): InkHistory {
  return replace(history, { strokes, picture: null })
}

/** A picture in place of what is there, as one step. */
export function replaceByPicture(history: InkHistory, picture: PictureFile): InkHistory {
  return replace(history, { strokes: [], picture })
}

function replace({ strokes, picture, past }: InkHistory, sheet: Sheet): InkHistory {
  return { ...sheet, past: [...past, { strokes, picture }].slice(-LONGEST_PAST) }
}

/** Clears the canvas; an empty one stays as it is. */
export function clearInk(history: InkHistory): InkHistory {
  return isEmpty(history) ? history : replaceStrokes(history, [])
}

/** One step back, as far as there are any. */
export function undoInk(history: InkHistory): InkHistory {
  const before = history.past.at(-1)
  return before === undefined ? history : { ...before, past: history.past.slice(0, -1) }
}
