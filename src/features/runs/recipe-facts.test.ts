import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import { recipeFacts } from './recipe-facts'

const { train, augment } = DEFAULT_PARAMS

describe('recipeFacts', () => {
  it('tells what differs from the defaults, augmentation too, beside what is always looked for', () => {
    const { telling, all } = recipeFacts({
      params: { ...train, ema_decay: 0.999 },
      augment: { ...augment, rotation: 15 },
    })
    expect(telling.map(({ name }) => name)).toEqual([
      'train.preset',
      'train.epochs',
      'train.batch_size',
      'train.optimizer',
      'train.lr',
      'train.scheduler',
      'train.ema_decay',
      'train.seed',
      'augment.rotation',
    ])
    expect(telling).toContainEqual({ name: 'augment.rotation', value: '15' })
    expect(all).toHaveLength(Object.keys(train).length + Object.keys(augment).length)
  })
})
