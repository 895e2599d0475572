import { describe, expect, it } from 'vitest'
import type { DatasetRecord } from './dataset'
import { datasetTitle, datasetVersion } from './versions'

function stored(name: string, digest: string, createdAt: number, version?: number): DatasetRecord {
  const facts = { name, digest, id: digest, createdAt, ...(version === undefined ? {} : { version }) }
  return facts as Partial<DatasetRecord> as DatasetRecord
}

describe('datasetVersion', () => {
  it('counts up within a name and gives the same digits their own number', () => {
    const known = [stored('MNIST', 'a', 1, 1), stored('MNIST', 'b', 2, 4), stored('Other', 'c', 3, 9)]
    expect(datasetVersion(stored('MNIST', 'x', 9), known)).toBe(5)
    expect(datasetVersion(stored('MNIST', 'a', 9), known)).toBe(1)
    expect(datasetVersion(stored('New', 'a', 9), known)).toBe(1)
  })

  it('counts records of before there were versions, oldest first', () => {
    const known = [stored('MNIST', 'b', 2), stored('MNIST', 'a', 1)]
    expect(datasetVersion(stored('MNIST', 'b', 9), known)).toBe(2)
    expect(datasetVersion(stored('MNIST', 'x', 9), known)).toBe(3)
    expect(datasetTitle(known[0]!, known)).toBe('MNIST v2')
  })

  it('shows no number while there is only one', () => {
    const only = stored('MNIST', 'a', 1, 1)
    expect(datasetTitle(only, [only])).toBe('MNIST')
    expect(datasetTitle(stored('MNIST', 'b', 1, 2), [])).toBe('MNIST v2')
  })
})
