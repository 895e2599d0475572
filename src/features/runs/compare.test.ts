import { describe, expect, it } from 'vitest'
import { runFacts } from '../../domain/query/run-facts'
import type { TableRun } from '../../stores/queries'
import { compareCurves, uniqueNames } from './compare-curves'
import { comparisonCsv, comparisonJson } from './compare-export'
import { intervalText } from './interval-text'
import { pointsText } from './points-text'
import { endedRun } from './run.testing'

function tableRun(byte: number, misread: number, lr: number): TableRun {
  const run = endedRun(byte, misread)
  const listed = {
    ...run,
    params: { ...run.params, lr },
    deletedAt: null,
    archivedAt: null,
    note: '',
    tags: {},
    interrupted: false,
  }
  return { ...listed, facts: runFacts(listed) }
}

const RUNS = [tableRun(1, 1, 0.01), tableRun(2, 3, 0.1)]

describe('a comparison as a file', () => {
  it('has a row a figure and a column a run', () => {
    const lines = comparisonCsv(RUNS).trimEnd().split('\r\n')
    expect(lines[0]).toBe('kind,name,run-1,run-2')
    expect(lines).toContain('metric,test_accuracy,0.9,0.7')
    expect(lines).toContain('param,train.lr,0.01,0.1')
    expect(lines.find((line) => line.startsWith('metric,test_accuracy_wilson95_low'))).toMatch(
      /0\.59\d+,0\.39\d+$/,
    )
  })

  it('says what differs, and what was read as what', () => {
    const record = JSON.parse(comparisonJson(RUNS)) as Record<string, unknown>
    expect(record['differing_parameters']).toEqual({ 'train.lr': [0.01, 0.1] })
    expect(record['runs']).toMatchObject([
      { run_name: 'run-1', metrics: { test_error_count: 1 } },
      { run_name: 'run-2', test_accuracy_wilson95: { high: expect.any(Number) } },
    ])
  })
})

describe('curves over each other', () => {
  it('have a name and a colour a run, by step and by epoch', () => {
    const epochs = RUNS[0]!.epochs
    const curves = compareCurves([
      { name: 'a', epochs: [...epochs, { ...epochs[0]!, epoch: 2 }], loss: [1, 0.5, 0.25] },
      { name: 'a', epochs, loss: null },
    ])
    expect(curves.loss.map(({ name, tone }) => [name, tone])).toEqual([['a', 1]])
    expect(curves.validationAccuracy.map(({ name, tone, style }) => [name, tone, style])).toEqual([
      ['a', 1, 'line'],
      ['a (2)', 2, 'marks'],
    ])
    expect(curves.validationAccuracy[0]?.points).toEqual({ x: [1, 2], y: [0.95, 0.95] })
    expect([curves.steps, curves.epochs]).toEqual([3, 2])
  })

  it('tells namesakes apart', () => {
    expect(uniqueNames(['x', 'y', 'x', 'x'])).toEqual(['x', 'y', 'x (2)', 'x (3)'])
  })
})

it('writes intervals and differences', () => {
  expect(intervalText(0.9938, { low: 0.992, high: 0.9952 })).toBe('99.38\u00a0% (99.20 – 99.52)')
  expect([pointsText(0.0012), pointsText(-0.003), pointsText(0.000001)]).toEqual(['+0.12', '−0.30', '0.00'])
})
