import { describe, expect, it } from 'vitest'
import { OutOfMemoryError } from './contract'
import { fitBatch } from './fit-batch'

/** A machine that has memory for batches up to `most`. */
function machine(most: number) {
  const tried: number[] = []
  async function make(batch: number): Promise<number> {
    tried.push(batch)
    if (batch > most) throw new OutOfMemoryError(`no room for ${batch}`)
    return Promise.resolve(batch)
  }
  return { tried, make }
}

describe('fitBatch', () => {
  it('takes the batch asked for where it fits, and says nothing', async () => {
    const { tried, make } = machine(128)
    expect(await fitBatch(128, make)).toEqual({ made: 128, notes: [] })
    expect(tried).toEqual([128])
  })

  it.each([
    [100, 30, [100, 50, 25]],
    [20, 8, [20, 10, 8]],
  ])('halves %i until it fits into room for %i, and says so', async (asked, most, expected) => {
    const { tried, make } = machine(most)
    expect(await fitBatch(asked, make)).toEqual({
      made: expected.at(-1),
      notes: [
        `Batches of ${expected.at(-1)} images instead of ${asked}: there is not enough memory for more.`,
      ],
    })
    expect(tried).toEqual(expected)
  })

  it.each([
    [64, [64, 32, 16, 8]],
    [8, [8]],
    [3, [3]],
  ])('gives up on %i when even the smallest does not fit', async (asked, expected) => {
    const { tried, make } = machine(0)
    await expect(fitBatch(asked, make)).rejects.toThrow(`no room for ${expected.at(-1)}`)
    expect(tried).toEqual(expected)
  })

  it('passes on every other failure at once', async () => {
    const tried: number[] = []
    const broken = fitBatch(64, (batch) => {
      tried.push(batch)
      return Promise.reject(new RangeError('impossible'))
    })
    await expect(broken).rejects.toThrow('impossible')
    expect(tried).toEqual([64])
  })
})
