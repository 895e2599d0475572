import { BRUSH, INK_SIZE, type InkStroke } from '../../domain/image/ink'

/**
 * One plain way to write each digit, as polylines in a 100 × 100 square: typing a digit places it, so that Draw also works
 * without a pointer.
 */
const SHAPES: readonly (readonly (readonly [number, number])[][])[] = [
  [arc(50, 50, 21, 30, -90, 270)],
  [
    [
      [40, 30],
      [52, 20],
      [52, 80],
    ],
  ],
  [[...arc(50, 37, 19, 17, -170, 30), [34, 80], [70, 80]]],
  [[...arc(48, 35, 18, 15, -150, 80), ...arc(48, 65, 20, 16, -80, 150)]],
  [
    [
      [58, 80],
      [58, 20],
      [30, 60],
      [72, 60],
    ],
  ],
  [[[66, 21], [38, 21], [36, 47], ...arc(48, 62, 19, 18, -100, 140)]],
  [[[60, 20], [42, 40], ...arc(51, 62, 18, 18, -170, 190)]],
  [
    [
      [30, 22],
      [70, 22],
      [46, 80],
    ],
  ],
  [arc(50, 35, 15, 15, 90, 450), arc(50, 65, 18, 16, -90, 270)],
  [[...arc(48, 37, 17, 17, 0, 360), [64, 45], [58, 80]]],
]

/** The strokes of a digit 0…9 on the drawing canvas; none for anything else. */
export function sampleStrokes(digit: number): readonly InkStroke[] {
  return (SHAPES[digit] ?? []).map((line) => ({
    points: Float32Array.from(line.flat(), (value) => (value / 100) * INK_SIZE),
    width: BRUSH,
  }))
}

/** Points on an ellipse from one angle to another, degrees clockwise from the right. */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): [number, number][] {
  const steps = 48
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)]
  })
}
