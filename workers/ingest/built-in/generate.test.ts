import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { IMAGE_PIXELS, IMAGE_SIDE } from '../../../src/domain/image/preprocess'
import { BUILT_IN_GENERATOR_VERSION, generateDigits, generateDigitsInChunks } from './generate'

const SEED = 42

function sha256(...parts: Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

describe('generateDigits', () => {
  it('writes the bytes that its version promises', () => {
    const { images, labels } = generateDigits(SEED, 1000)
    expect({ version: BUILT_IN_GENERATOR_VERSION, sha256: sha256(images, labels) }).toEqual({
      version: 1,
      sha256: '9f550ba2289e7fb54584536433a3bae842645e821e52091b12c92dcb284550b7',
    })
  })

  it('makes each digit from its number alone', () => {
    const whole = generateDigits(SEED, 60)
    const part = generateDigits(SEED, 25, { first: 31 })
    expect(part.labels).toEqual(whole.labels.slice(31, 56))
    expect(part.images).toEqual(whole.images.slice(31 * IMAGE_PIXELS, 56 * IMAGE_PIXELS))
  })

  it('writes other digits for another seed', () => {
    expect(generateDigits(SEED, 20).images).not.toEqual(generateDigits(SEED + 1, 20).images)
  })

  it('holds every class equally often, in no fixed order', () => {
    const { labels } = generateDigits(SEED, 1000)
    const counts = Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length)
    expect(counts).toEqual(Array.from({ length: 10 }, () => 100))
    expect(labels.slice(0, 10)).not.toEqual(labels.slice(10, 20))
  })

  it('writes no two digits alike and none blank, each 20 pixels long and centred by its mass', () => {
    const { images, count } = generateDigits(SEED, 2000)
    const seen = new Set<string>()
    let reaching = 0
    for (let i = 0; i < count; i++) {
      const digit = images.subarray(i * IMAGE_PIXELS, (i + 1) * IMAGE_PIXELS)
      seen.add(sha256(digit))
      const { ink, x, y, longest, atEdge } = measure(digit)
      const where = `digit ${i} of seed ${SEED}`
      expect(ink, where).toBeGreaterThan(15)
      expect(ink, where).toBeLessThan(300)
      if (atEdge) {
        reaching++
        continue
      }
      expect(Math.abs(x - 14), where).toBeLessThanOrEqual(0.5)
      expect(Math.abs(y - 14), where).toBeLessThanOrEqual(0.5)
      expect(longest, where).toBe(20)
    }
    expect(seen.size).toBe(count)
    // Centring by mass may push a long tail to the edge and over it; in MNIST 1.4 % reach the edge.
    expect(reaching).toBeLessThan(count * 0.04)
  })

  it('has about as much ink as MNIST (0.1307)', () => {
    const { images } = generateDigits(SEED, 2000)
    const mean = images.reduce((sum, value) => sum + value, 0) / images.length / 255
    expect(Math.abs(mean - 0.1307)).toBeLessThan(0.01)
  })

  it('refuses a count or a first number it cannot serve', () => {
    expect(() => generateDigits(SEED, 0)).toThrow('a generated set holds 1 to 1000000 digits, found 0')
    expect(() => generateDigits(SEED, 1e7)).toThrow(
      'a generated set holds 1 to 1000000 digits, found 10000000',
    )
    expect(() => generateDigits(SEED, 1, { first: -1 })).toThrow(
      "the first digit's number must be a whole number from 0 to 2³¹ − count, found -1",
    )
  })
})

describe('generateDigitsInChunks', () => {
  it('says how far it is and ends with the same digits', async () => {
    const progress: number[] = []
    const digits = generateDigitsInChunks(SEED, 1000, { first: 7 })
    let next = await digits.next()
    while (next.done !== true) {
      expect(next.value.total).toBe(1000)
      progress.push(next.value.done)
      next = await digits.next()
    }
    expect(progress.at(-1)).toBe(1000)
    expect(progress.length).toBeGreaterThan(1)
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
    expect(next.value).toEqual(generateDigits(SEED, 1000, { first: 7 }))
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const digits = generateDigitsInChunks(SEED, 100_000, { signal: stop.signal })
    await digits.next()
    stop.abort(new Error('stopped by hand'))
    await expect(digits.next()).rejects.toThrow('stopped by hand')
  })
})

function measure(digit: Uint8Array) {
  let [mass, x, y] = [0, 0, 0]
  let [left, right, top, bottom] = [IMAGE_SIDE, -1, IMAGE_SIDE, -1]
  digit.forEach((value, at) => {
    if (value === 0) return
    const [column, row] = [at % IMAGE_SIDE, Math.floor(at / IMAGE_SIDE)]
    mass += value
    x += value * column
    y += value * row
    left = Math.min(left, column)
    right = Math.max(right, column)
    top = Math.min(top, row)
    bottom = Math.max(bottom, row)
  })
  const longest = Math.max(right - left, bottom - top) + 1
  const atEdge = left === 0 || top === 0 || right === IMAGE_SIDE - 1 || bottom === IMAGE_SIDE - 1
  return { ink: mass / 255, x: x / mass, y: y / mass, longest, atEdge }
}
