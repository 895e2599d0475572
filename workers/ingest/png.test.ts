import { describe, expect, it } from 'vitest'
import { pngOf, type PngFacts } from './parquet/parquet.testing'
import { readPng } from './png'

function grey(facts: PngFacts): Uint8Array {
  const out = new Uint8Array(784)
  readPng(pngOf(facts), out)
  return out
}

const ramp = Uint8Array.from({ length: 784 }, (_, at) => (at * 7) % 256)

describe('readPng', () => {
  it('gives 8-bit grey byte by byte', () => {
    expect(grey({ pixels: ramp })).toEqual(ramp)
  })

  it('takes every filter away', () => {
    // Filtered from the definition: what is stored is the pixel less its prediction.
    const at = (row: number, column: number) => (row < 0 || column < 0 ? 0 : (ramp[row * 28 + column] ?? 0))
    const predictions: Record<number, (row: number, column: number) => number> = {
      1: (row, column) => at(row, column - 1),
      2: (row, column) => at(row - 1, column),
      3: (row, column) => Math.floor((at(row, column - 1) + at(row - 1, column)) / 2),
      4: (row, column) => {
        const [left, up, upLeft] = [at(row, column - 1), at(row - 1, column), at(row - 1, column - 1)]
        const nearest = [left, up, upLeft].map((value) => Math.abs(left + up - upLeft - value))
        return [left, up, upLeft][nearest.indexOf(Math.min(...nearest))] ?? 0
      },
    }
    for (const [filter, predict] of Object.entries(predictions)) {
      const pixels = ramp.map((value, place) => value - predict(Math.floor(place / 28), place % 28))
      expect(grey({ pixels, filter: Number(filter) }), `filter ${filter}`).toEqual(ramp)
    }
  })

  it('spreads 1, 2 and 4 bits over the whole range', () => {
    for (const depth of [1, 2, 4]) {
      const rowBytes = Math.ceil((28 * depth) / 8)
      const out = grey({ pixels: new Uint8Array(rowBytes * 28).fill(0b1100_0001), depth, rowBytes })
      expect(out[0]).toBe({ 1: 255, 2: 255, 4: 204 }[depth])
      expect(out[1]).toBe({ 1: 255, 2: 0, 4: 17 }[depth])
    }
  })

  it('makes grey of colours by BT.601, and paper of what is transparent', () => {
    const rgb = Uint8Array.from({ length: 784 * 3 }, (_, at) => [200, 100, 50][at % 3] ?? 0)
    // 0.299 × 200 + 0.587 × 100 + 0.114 × 50 = 124.2
    expect(grey({ pixels: rgb, colour: 2, rowBytes: 84 })[0]).toBe(124)
    const rgba = Uint8Array.from({ length: 784 * 4 }, (_, at) => [200, 100, 50, 128][at % 4] ?? 0)
    expect(grey({ pixels: rgba, colour: 6, rowBytes: 112 })[0]).toBe(62)
    const indexed: PngFacts = {
      pixels: new Uint8Array(784).map((_, at) => at % 3),
      colour: 3,
      before: [
        ['PLTE', Uint8Array.of(200, 100, 50, 255, 255, 255, 9, 9, 9)],
        ['tRNS', Uint8Array.of(255, 0)],
      ],
    }
    expect([...grey(indexed).subarray(0, 3)]).toEqual([124, 0, 9])
  })

  it('refuses what is no whole image of 28×28 pixels, by what is wrong', () => {
    expect(() => grey({ pixels: new Uint8Array(32 * 32), width: 32, height: 32, rowBytes: 32 })).toThrow(
      'an image has 32×32 pixels',
    )
    expect(() => grey({ pixels: ramp, interlace: 1 })).toThrow('interlaced')
    expect(() => grey({ pixels: ramp, depth: 3 })).toThrow('3 bits')
    expect(() => grey({ pixels: ramp, filter: 9 })).toThrow('filter 9')
    expect(() => grey({ pixels: ramp.subarray(28) })).toThrow('checksum')
    expect(() => grey({ pixels: new Uint8Array(784 * 40) })).toThrow('checksum')
    expect(() => grey({ pixels: ramp, colour: 3, before: [['PLTE', Uint8Array.of(1, 2, 3)]] })).toThrow(
      'not in its palette',
    )
    const flipped = pngOf({ pixels: ramp })
    flipped[60] = (flipped[60] ?? 0) ^ 1
    expect(() => readPng(flipped, new Uint8Array(784))).toThrow('checksum')
  })
})
