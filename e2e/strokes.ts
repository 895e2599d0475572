import type { Page } from 'playwright/test'

type Point = readonly [number, number]

/** One plain way to write each digit, in a 100 × 100 square: strokes of points that the pointer is moved along. */
const DIGITS: readonly (readonly (readonly Point[])[])[] = [
  [arc(50, 50, 20, 30, -90, 275)],
  [line([50, 20], [50, 80])],
  [[...arc(50, 36, 18, 16, 190, 385), ...line([66, 44], [33, 80], [70, 80])]],
  [[...arc(48, 35, 17, 15, 200, 440), ...arc(48, 65, 19, 16, -80, 150)]],
  [line([38, 20], [32, 54], [70, 54]), line([60, 36], [58, 82])],
  [[...line([66, 22], [40, 22], [37, 46]), ...arc(48, 62, 19, 18, -110, 140)]],
  [[...line([60, 18], [42, 42]), ...arc(51, 62, 18, 18, 190, 560)]],
  [line([30, 22], [70, 22], [46, 80])],
  [[...arc(50, 35, 15, 15, 90, 450), ...arc(50, 66, 18, 16, -90, 275)]],
  [[...arc(50, 37, 17, 17, 0, 360), ...line([67, 37], [62, 82])]],
]

/** Draws a digit with the mouse, stroke by stroke. */
export async function drawDigit(page: Page, digit: number): Promise<void> {
  for (const stroke of DIGITS[digit] ?? []) await drawStroke(page, stroke)
}

/** Draws one stroke on the canvas; points as percent of its side. */
async function drawStroke(page: Page, points: readonly Point[]): Promise<void> {
  const box = await page.locator('canvas[aria-label]').first().boundingBox()
  if (box === null) throw new Error('the drawing canvas is not visible')
  const [first, ...rest] = points.map(
    ([x, y]) => [box.x + (x / 100) * box.width, box.y + (y / 100) * box.height] as const,
  )
  if (first === undefined) return
  await page.mouse.move(...first)
  await page.mouse.down()
  for (const point of rest) await page.mouse.move(...point, { steps: 2 })
  await page.mouse.up()
}

function line(...corners: Point[]): Point[] {
  return corners.flatMap((corner, index) => {
    const next = corners[index + 1]
    if (next === undefined) return [corner]
    return Array.from(
      { length: 8 },
      (_, i) =>
        [corner[0] + ((next[0] - corner[0]) * i) / 8, corner[1] + ((next[1] - corner[1]) * i) / 8] as const,
    )
  })
}

/** Points on an ellipse, degrees clockwise from the right. */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Point[] {
  return Array.from({ length: 25 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 24) * Math.PI) / 180
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)] as const
  })
}
