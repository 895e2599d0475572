import { describe, expect, it } from 'vitest'
import { digitPixels } from './digit-pixels'

describe('digitPixels', () => {
  it('lays digits row by row and keeps ink as opacity', () => {
    const images = new Uint8Array(3 * 784)
    images[0] = 10
    images[784 + 27] = 20
    images[2 * 784 + 783] = 30
    const { width, height, rgba } = digitPixels(images, 2)
    expect([width, height]).toEqual([56, 56])
    const alpha = (x: number, y: number) => rgba[(y * width + x) * 4 + 3]
    expect(alpha(0, 0)).toBe(10)
    expect(alpha(28 + 27, 0)).toBe(20)
    expect(alpha(27, 28 + 27)).toBe(30)
    expect(alpha(28, 28)).toBe(0)
    expect(rgba.filter((value) => value > 0)).toHaveLength(3)
  })

  it('gives an image even for no digits', () => {
    expect(digitPixels(new Uint8Array(0), 5)).toMatchObject({ width: 140, height: 28 })
  })
})
