import type { Ink } from '../domain/image/ink'

/** What is read: strokes, or a picture file. */
export type DrawingInput =
  { readonly kind: 'ink'; readonly ink: Ink } | { readonly kind: 'picture'; readonly bytes: Uint8Array }

/**
 * Whether two inputs are one drawing at different times: it grows and shrinks at its end, its first point stays. A picture is
 * the same only as itself.
 */
export function sameDrawing(a: DrawingInput, b: DrawingInput): boolean {
  if (a.kind === 'picture' || b.kind === 'picture')
    return a.kind === 'picture' && b.kind === 'picture' && a.bytes === b.bytes
  const first = a.ink.strokes[0]?.points
  const other = b.ink.strokes[0]?.points
  return first !== undefined && other !== undefined && first[0] === other[0] && first[1] === other[1]
}
