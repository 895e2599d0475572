import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import { recipeEntries, type RecipePath } from '../../domain/params/draft'
import { PARAM_RULES } from '../../domain/params/rules'
import { choiceLabel, ESSENTIALS, GROUPS } from './fields'

const FIELDS = [...ESSENTIALS, ...GROUPS.flatMap((group) => group.fields)]

/** The fields that matter beside these choices. */
function shownWith(choices: Readonly<Partial<Record<RecipePath, string>>>): readonly RecipePath[] {
  const values = new Map<RecipePath, string>(
    recipeEntries(DEFAULT_PARAMS).map(([path, value]) => [path, String(value)]),
  )
  const text = (path: RecipePath) => choices[path] ?? values.get(path) ?? ''
  return FIELDS.filter(({ matters }) => matters?.(text) ?? true).map(({ path }) => path)
}

describe('the fields of the recipe', () => {
  it('are every parameter of it, once', () => {
    const paths = recipeEntries(DEFAULT_PARAMS).map(([path]) => path)
    expect(FIELDS.map(({ path }) => path).toSorted()).toEqual(paths.toSorted())
  })

  it('have labels of their own', () => {
    const labels = FIELDS.map(({ label }) => label)
    expect(new Set(labels).size).toBe(labels.length)
  })

  it('show only what matters for the optimizer', () => {
    expect(shownWith({})).toEqual(expect.arrayContaining(['train.momentum', 'train.nesterov']))
    const adam = shownWith({ 'train.optimizer': 'adamw' })
    expect(adam).toEqual(expect.arrayContaining(['train.beta1', 'train.beta2', 'train.epsilon']))
    expect(adam).not.toContain('train.momentum')
    expect(shownWith({ 'train.optimizer': 'rmsprop' })).toContain('train.alpha')
  })

  it('show only what matters for the schedule', () => {
    expect(shownWith({})).not.toContain('train.gamma')
    expect(shownWith({ 'train.scheduler': 'exponential' })).toContain('train.gamma')
    expect(shownWith({ 'train.scheduler': 'exponential' })).not.toContain('train.step_size')
    expect(shownWith({ 'train.scheduler': 'one-cycle' })).not.toContain('train.warmup_epochs')
    expect(shownWith({ 'train.scheduler': 'plateau' })).toContain('train.monitor')
    expect(shownWith({})).not.toContain('train.monitor')
    expect(shownWith({ 'train.early_stopping_patience': '3' })).toContain('train.early_stopping_min_delta')
  })
})

describe('choiceLabel', () => {
  it('has words for every optimizer, schedule and convolution', () => {
    for (const path of ['train.optimizer', 'train.scheduler', 'train.convolution'] as const)
      for (const value of PARAM_RULES.get(path)?.choices ?? [])
        expect(choiceLabel(path, value)).not.toBe(value)
  })
})
