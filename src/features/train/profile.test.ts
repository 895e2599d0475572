import { describe, expect, it } from 'vitest'
import { profileByOperation } from './profile'

describe('profileByOperation', () => {
  it('adds up the layers of each kind, the longest first', () => {
    const operations = [
      { operation: 'batch norm', layer: 2, milliseconds: 1 },
      { operation: 'convolution', layer: 0, milliseconds: 2 },
      { operation: 'convolution', layer: 4, milliseconds: 5 },
    ]
    const profile = { step: 3, operations, milliseconds: 9, memoryBytes: 0, stepsInFlight: 1 }
    expect(profileByOperation(profile)).toEqual([
      { operation: 'convolution', milliseconds: 7, share: 7 / 8 },
      { operation: 'batch norm', milliseconds: 1, share: 1 / 8 },
    ])
  })

  it('says nothing of a step without operations', () => {
    const empty = { step: 0, operations: [], milliseconds: 1, memoryBytes: 0, stepsInFlight: 1 }
    expect(profileByOperation(empty)).toEqual([])
  })
})
