import { describe, expect, it } from 'vitest'
import { completeField } from './suggest'

const FIELDS = [
  'metrics.test_accuracy',
  'metrics.test_loss',
  'params.lr',
  'tags.`my tag`',
  'attributes.status',
]

describe('completeField', () => {
  it('offers what begins with the word before what only holds it', () => {
    expect(completeField('metrics.test', 12, FIELDS)).toEqual({
      from: 0,
      to: 12,
      words: ['metrics.test_accuracy', 'metrics.test_loss'],
    })
    expect(completeField('params.lr > 1 AND stat', 22, FIELDS)).toEqual({
      from: 18,
      to: 22,
      words: ['attributes.status'],
    })
  })

  it('offers nothing within quotes, in the middle of a word, or behind a whole field', () => {
    expect(completeField("tags.a = 'metr", 14, FIELDS).words).toEqual([])
    expect(completeField('metrics.test_loss', 7, FIELDS).words).toEqual([])
    expect(completeField('params.lr', 9, FIELDS).words).toEqual([])
    expect(completeField('params.lr > ', 12, FIELDS).words).toEqual([])
    expect(completeField('params.lr > 1 or', 16, ['params.monitor']).words).toEqual([])
  })
})
