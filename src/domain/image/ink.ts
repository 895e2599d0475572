/** A stroke in canvas units (0…`size`): x0, y0, x1, y1, …, drawn with a round brush. */
export interface InkStroke {
  readonly points: Float32Array
  /** Diameter in canvas units. */
  readonly width: number
}

export interface Ink {
  /** Side of the square canvas. */
  readonly size: number
  readonly strokes: readonly InkStroke[]
}

/** Side of the page's drawing in canvas units; strokes never depend on how large the canvas is shown. */
export const INK_SIZE = 280
/** A round brush of about 9 % of the canvas: what MNIST's strokes are of theirs. */
export const BRUSH = 25
