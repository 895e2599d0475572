import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IMAGE_PIXELS, IMAGE_SIDE } from '../image/preprocess'
import type { AugmentParams } from '../params/schema'
import { mix32, randomU32 } from '../random'
import {
  affineWords,
  applyAugmentation,
  augmentedImage,
  DRAW,
  DRAW_WORDS,
  drawAugmentation,
  elasticAmplitude,
  type AffineChange,
} from './augment'

const NONE: AugmentParams = { rotation: 0, shift: 0, scale: 0, shear: 0, elastic: 0, thickness: 0 }
const ALL: AugmentParams = { rotation: 12, shift: 2, scale: 0.1, shear: 8, elastic: 1.5, thickness: 0.5 }
const STILL: AffineChange = { rotation: 0, shiftX: 0, shiftY: 0, scale: 1, shear: 0 }

/** Smooth where it should be interpolated, uneven everywhere, and dark at the borders like a digit. */
function blot(key = 1): Uint8Array {
  return Uint8Array.from({ length: IMAGE_PIXELS }, (_, p) => {
    const [x, y] = [p % IMAGE_SIDE, Math.floor(p / IMAGE_SIDE)]
    const inside = x > 3 && y > 3 && x < IMAGE_SIDE - 4 && y < IMAGE_SIDE - 4
    return inside ? randomU32(key, p) % 256 : 0
  })
}

function changed(change: Partial<AffineChange>, strokes = 0, image = blot()): Uint8Array {
  const draws = new Int32Array(DRAW_WORDS)
  draws.set(affineWords({ ...STILL, ...change }))
  draws[DRAW.strokes] = strokes
  const into = new Uint8Array(IMAGE_PIXELS)
  applyAugmentation(draws, 0, image, into)
  return into
}

function mapped(from: (x: number, y: number) => readonly [number, number]): Uint8Array {
  const image = blot()
  return Uint8Array.from({ length: IMAGE_PIXELS }, (_, p) => {
    const [x, y] = from(p % IMAGE_SIDE, Math.floor(p / IMAGE_SIDE))
    const inside = x >= 0 && y >= 0 && x < IMAGE_SIDE && y < IMAGE_SIDE
    return inside ? (image[y * IMAGE_SIDE + x] ?? 0) : 0
  })
}

describe('the affine map', () => {
  it('leaves an image as it is where nothing changes', () => {
    expect(changed({})).toEqual(blot())
  })

  it('shifts to the right and downwards, with 0 from outside', () => {
    expect(changed({ shiftX: 3, shiftY: 2 })).toEqual(mapped((x, y) => [x - 3, y - 2]))
    expect(changed({ shiftX: -14, shiftY: 14 })).toEqual(mapped((x, y) => [x + 14, y - 14]))
  })

  it('mixes neighbours evenly at half a pixel', () => {
    const image = new Uint8Array(IMAGE_PIXELS)
    image[10 * IMAGE_SIDE + 10] = 200
    const moved = changed({ shiftX: 0.5 }, 0, image)
    expect([...moved.subarray(10 * IMAGE_SIDE + 9, 10 * IMAGE_SIDE + 13)]).toEqual([0, 100, 100, 0])
  })

  it('rotates clockwise about the centre', () => {
    const last = IMAGE_SIDE - 1
    expect(changed({ rotation: 90 })).toEqual(mapped((x, y) => [y, last - x]))
    expect(changed({ rotation: -180 })).toEqual(mapped((x, y) => [last - x, last - y]))
  })

  it('enlarges about the centre', () => {
    const image = new Uint8Array(IMAGE_PIXELS)
    for (let y = 12; y < 16; y++) image.fill(255, y * IMAGE_SIDE + 12, y * IMAGE_SIDE + 16)
    const larger = changed({ scale: 2 }, 0, image)
    const sum = (values: Uint8Array) => values.reduce((total, value) => total + value, 0)
    expect(sum(larger) / sum(image)).toBeCloseTo(4, 5)
    // Read at 11.25 and at 10.75: a quarter of a pixel into the square both ways, and outside.
    expect(larger[9 * IMAGE_SIDE + 9]).toBe(Math.round(255 / 16))
    expect(larger[8 * IMAGE_SIDE + 8]).toBe(0)
  })

  it('leans upright strokes to the right', () => {
    const image = new Uint8Array(IMAGE_PIXELS)
    for (let y = 4; y < 24; y++) image[y * IMAGE_SIDE + 14] = 255
    const centre = (values: Uint8Array, y: number) => {
      const row = values.subarray(y * IMAGE_SIDE, (y + 1) * IMAGE_SIDE)
      const mass = row.reduce((sum, value) => sum + value, 0)
      return row.reduce((sum, value, x) => sum + value * x, 0) / mass
    }
    const leaning = changed({ shear: 45 }, 0, image)
    // At 45° a row that is n pixels above the centre, which lies at 13.5, moves by n.
    expect(centre(leaning, 6)).toBeCloseTo(14 + 7.5, 1)
    expect(centre(leaning, 20)).toBeCloseTo(14 - 6.5, 1)
  })
})

describe('strokes', () => {
  it('move towards the largest or smallest neighbour', () => {
    const image = new Uint8Array(IMAGE_PIXELS)
    image[10 * IMAGE_SIDE + 10] = 200
    expect(changed({}, 128, image)[11 * IMAGE_SIDE + 9]).toBe(100)
    expect(changed({}, 256, image)[9 * IMAGE_SIDE + 11]).toBe(200)
    expect(changed({}, 256, image)[9 * IMAGE_SIDE + 12]).toBe(0)
    expect(changed({}, -64, image)[10 * IMAGE_SIDE + 10]).toBe(150)
    expect(changed({}, -256, image)[10 * IMAGE_SIDE + 10]).toBe(0)
  })

  it('never get thinner by thickening, nor thicker by thinning', () => {
    fc.assert(
      fc.property(fc.integer({ min: -256, max: 256 }), fc.integer(), (strokes, key) => {
        const image = blot(key)
        const result = changed({}, strokes, image)
        return result.every((value, p) => (value - (image[p] ?? 0)) * Math.sign(strokes) >= 0)
      }),
      { numRuns: 40 },
    )
  })
})

describe('drawAugmentation', () => {
  const BATCH = 400
  function draws(params: AugmentParams, seed = 1, step = 0): Int32Array {
    const into = new Int32Array(BATCH * DRAW_WORDS)
    drawAugmentation(params, seed, step, into)
    return into
  }
  const column = (values: Int32Array, word: number) =>
    Array.from({ length: BATCH }, (_, n) => values[n * DRAW_WORDS + word] ?? 0)

  it('draws nothing but the key of the field where nothing is asked for', () => {
    const none = draws(NONE)
    expect(new Set(column(none, DRAW.xByX))).toEqual(new Set([65536]))
    for (const word of [DRAW.xByY, DRAW.yByX, DRAW.strokes])
      expect(new Set(column(none, word))).toEqual(new Set([0]))
    const image = blot()
    expect(augmentedImage(image, NONE, { seed: 1, step: 2, position: 3 })).toEqual(image)
  })

  it('spreads evenly to both sides and stays within the bounds', () => {
    const shifts = column(draws({ ...NONE, shift: 2 }), DRAW.xStart).map((word) => -(word - 128) / 65536)
    expect(Math.min(...shifts)).toBeLessThan(-1.9)
    expect(Math.max(...shifts)).toBeGreaterThan(1.9)
    for (const shift of shifts) expect(Math.abs(shift)).toBeLessThanOrEqual(2)
    // Five standard errors of 400 draws of a uniform number in ±2.
    const mean = shifts.reduce((sum, shift) => sum + shift, 0) / BATCH
    expect(Math.abs(mean)).toBeLessThan((5 * 2) / Math.sqrt(3 * BATCH))
    const strokes = column(draws({ ...NONE, thickness: 0.5 }), DRAW.strokes)
    expect(Math.max(...strokes.map(Math.abs))).toBeLessThanOrEqual(128)
  })

  it('depends on seed, step and position only', () => {
    expect(draws(ALL)).toEqual(draws(ALL))
    expect(draws(ALL, 2)).not.toEqual(draws(ALL))
    expect(draws(ALL, 1, 1)).not.toEqual(draws(ALL))
    expect(new Set(column(draws(ALL), DRAW.field)).size).toBe(BATCH)
    const few = new Int32Array(3 * DRAW_WORDS)
    drawAugmentation(ALL, 1, 0, few)
    expect(few).toEqual(draws(ALL).subarray(0, few.length))
  })

  it('draws the rest alike whatever else is switched on', () => {
    const [one, both] = [draws({ ...NONE, thickness: 0.5 }), draws({ ...ALL, thickness: 0.5 })]
    expect(column(one, DRAW.strokes)).toEqual(column(both, DRAW.strokes))
    expect(column(one, DRAW.field)).toEqual(column(both, DRAW.field))
  })

  it('says what it wants when words are no whole number of images', () => {
    expect(() => drawAugmentation(NONE, 1, 0, new Int32Array(9))).toThrow(
      'draws take 8 words an image, found 9 words',
    )
  })
})

describe('the elastic field', () => {
  it('displaces by no more than the amplitude, and somewhere by much of it', () => {
    // An image whose value is its column, so that a result says where it was read.
    const ramp = Uint8Array.from({ length: IMAGE_PIXELS }, (_, p) => 8 * (p % IMAGE_SIDE))
    let greatest = 0
    for (let position = 0; position < 20; position++) {
      const result = augmentedImage(ramp, { ...NONE, elastic: 2 }, { seed: 5, step: 0, position })
      for (let y = 3; y < IMAGE_SIDE - 3; y++)
        for (let x = 3; x < IMAGE_SIDE - 3; x++)
          greatest = Math.max(greatest, Math.abs((result[y * IMAGE_SIDE + x] ?? 0) / 8 - x))
    }
    expect(greatest).toBeLessThanOrEqual(2.1)
    expect(greatest).toBeGreaterThan(1.2)
    expect(elasticAmplitude({ elastic: 1.5 })).toBe(384)
  })
})

describe('augmentedImage', () => {
  it('makes the bytes it always made', () => {
    let folded = 0
    for (let position = 0; position < 8; position++)
      for (const byte of augmentedImage(blot(position), ALL, { seed: 42, step: 7, position }))
        folded = mix32(folded ^ byte)
    expect(folded).toBe(3470039277)
  })

  it('stays within 32 bits at the parameters’ bounds', () => {
    const bounds = { rotation: 180, shift: 14, scale: 0.9, shear: 60, elastic: 8, thickness: 1 }
    const into = new Int32Array(256 * DRAW_WORDS)
    drawAugmentation(bounds, 3, 0, into)
    for (let at = 0; at < into.length; at += DRAW_WORDS) {
      const [xStart = 0, xByX = 0, xByY = 0, yStart = 0, yByX = 0, yByY = 0] = into.subarray(at)
      const field = 8 * 65536
      for (const [start, byX, byY] of [
        [xStart, xByX, xByY],
        [yStart, yByX, yByY],
      ] as const)
        expect(Math.abs(start) + 27 * (Math.abs(byX) + Math.abs(byY)) + field).toBeLessThan(2 ** 31)
    }
  })
})
