/** Side of the drawing in canvas units; strokes never depend on how large the canvas is shown. */
export const INK_SIZE = 280
/** A round brush of about 9 % of the canvas: what MNIST's strokes are of theirs. */
export const BRUSH = 25
