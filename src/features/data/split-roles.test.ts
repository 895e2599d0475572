import { describe, expect, it } from 'vitest'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import type { SplitPreview } from '../../stores/ingest'
import { missingFrom, usesOf, usualName, usualUse } from './split-roles'

function preview(changes: Partial<SplitPreview>): SplitPreview {
  return {
    files: ['a.parquet'],
    format: 'parquet',
    kind: 'Parquet',
    count: 1,
    classCounts: [],
    digest: 'a'.repeat(64) as SplitPreview['digest'],
    sameAs: null,
    role: null,
    sample: { images: new Uint8Array(784), labels: null },
    ...changes,
  }
}

const stored = [{ name: 'MNIST' } as DatasetRecord]

describe('what found splits can become', () => {
  it('is a pair of two, or one beside a stored split or cut', () => {
    expect(usesOf([preview({}), preview({})], []).map(({ value }) => value)).toEqual(['pair', 'pair-swapped'])
    expect(usesOf([preview({})], []).filter(({ disabled }) => disabled !== true)).toMatchObject([
      { value: 'cut' },
    ])
    expect(usualUse([preview({ role: 'test' })], stored)).toBe('test-beside')
    expect(usualUse([preview({ role: 'train' })], stored)).toBe('train-beside')
    expect(usualUse([preview({ role: 'test' })], [])).toBe('cut')
    expect(usualUse([preview({})], stored)).toBe('cut')
  })

  it('needs labels, and two splits at most', () => {
    expect(missingFrom([preview({})])).toBeNull()
    expect(missingFrom([preview({ digest: null })])).toContain('has no labels')
    expect(missingFrom([preview({}), preview({}), preview({})])).toContain('3 splits were found')
  })

  it('is named after digits that are known, else after its files', () => {
    const train = preview({ sameAs: 'the training split of MNIST' })
    const test = preview({ sameAs: 'the test split of MNIST' })
    expect(usualName([train, test], 'pair', null)).toBe('MNIST')
    expect(usualName([train, preview({})], 'pair', null)).toBe('Your Parquet files')
    expect(usualName([preview({})], 'test-beside', stored[0] ?? null)).toBe('MNIST')
  })
})
