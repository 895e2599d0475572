import { describe, expect, it } from 'vitest'
import { type DrawingInput, sameDrawing } from './drawing-input'

function ink(...strokes: number[][]): DrawingInput {
  return {
    kind: 'ink',
    ink: { size: 280, strokes: strokes.map((line) => ({ points: Float32Array.from(line), width: 25 })) },
  }
}

describe('sameDrawing', () => {
  it('knows a drawing that grew or was undone a step by its first point', () => {
    expect(sameDrawing(ink([1, 2]), ink([1, 2, 3, 4]))).toBe(true)
    expect(sameDrawing(ink([1, 2, 3, 4], [9, 9]), ink([1, 2, 3, 4]))).toBe(true)
    expect(sameDrawing(ink([1, 2]), ink([2, 2]))).toBe(false)
    expect(sameDrawing(ink(), ink())).toBe(false)
  })

  it('knows a picture by its bytes’ identity, and never takes it for ink', () => {
    const picture: DrawingInput = { kind: 'picture', bytes: Uint8Array.of(1) }
    expect(sameDrawing(picture, picture)).toBe(true)
    expect(sameDrawing(picture, { kind: 'picture', bytes: Uint8Array.of(1) })).toBe(false)
    expect(sameDrawing(picture, ink([1, 2]))).toBe(false)
  })
})
