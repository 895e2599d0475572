import { describe, expect, it } from 'vitest'
import type { DriftReport } from '../drift/report'
import { epochMillis, parseVersionId, recordIdFromBytes } from '../ids'
import { DEFAULT_PARAMS } from '../params/defaults'
import { retrainingDue, type RetrainingFacts } from './due'
import type { Retraining } from './retraining'

const champion = parseVersionId('mnist-classifier/2')
const policy = DEFAULT_PARAMS.retrain
const MINUTE = 60_000

function report(at: number, more: Partial<DriftReport> = {}): DriftReport {
  return {
    id: recordIdFromBytes(new Uint8Array(16).fill(at % 256)),
    at: epochMillis(at),
    versionId: champion,
    window: { kind: 'file', name: 'new.parquet' },
    count: 1000,
    available: 1000,
    threshold: 0.2,
    signals: [],
    verdict: 'drift',
    accuracy: null,
    ...more,
  }
}

function retraining(at: number, outcome: Retraining['outcome']): Retraining {
  return {
    id: recordIdFromBytes(new Uint8Array(16)),
    at: epochMillis(at),
    trigger: { kind: 'person' },
    champion,
    feedbackCount: 0,
    outcome,
  }
}

const FAILED = { state: 'failed', message: 'x' } as const

function facts(more: Partial<RetrainingFacts>): RetrainingFacts {
  return {
    enabled: true,
    now: epochMillis(1000 * MINUTE),
    champion,
    unusedFeedback: 0,
    reports: [],
    retrainings: [],
    ...more,
  }
}

describe('a retraining that begins by itself', () => {
  it('needs the switch, a champion, and something that asks for it', () => {
    const asked = { unusedFeedback: 20 }
    expect(retrainingDue(facts({ ...asked, enabled: false }), policy)).toMatchObject({ due: false })
    expect(retrainingDue(facts({ ...asked, champion: null }), policy)).toMatchObject({ due: false })
    expect(retrainingDue(facts({}), policy)).toMatchObject({ due: false, until: null })
    expect(retrainingDue(facts(asked), policy)).toEqual({
      due: true,
      trigger: { kind: 'feedback', count: 20 },
    })
    expect(retrainingDue(facts({ unusedFeedback: 19 }), policy)).toMatchObject({ due: false })
    expect(retrainingDue(facts(asked), { ...policy, feedback_count: 0 })).toMatchObject({ due: false })
  })

  it('answers a drift report of the champion once, and no exercise', () => {
    const found = report(900 * MINUTE)
    expect(retrainingDue(facts({ reports: [found] }), policy)).toEqual({
      due: true,
      trigger: { kind: 'drift', reportId: found.id },
    })
    expect(retrainingDue(facts({ reports: [found] }), { ...policy, on_drift: false })).toMatchObject({
      due: false,
    })
    const others = [
      report(900 * MINUTE, { verdict: 'watch' }),
      report(900 * MINUTE, { versionId: parseVersionId('mnist-classifier/1') }),
      report(900 * MINUTE, { window: { kind: 'simulation', name: 'x', shift: 'rotate', strength: 1 } }),
    ]
    for (const other of others)
      expect(retrainingDue(facts({ reports: [other] }), policy)).toMatchObject({ due: false, until: null })
    const after = retraining(901 * MINUTE, FAILED)
    expect(retrainingDue(facts({ reports: [found], retrainings: [after] }), policy)).toMatchObject({
      due: false,
    })
  })

  it('waits for the one under way, and for the end of the cool-down', () => {
    const begun = retraining(100 * MINUTE, { state: 'collecting' })
    expect(retrainingDue(facts({ unusedFeedback: 50, retrainings: [begun] }), policy)).toMatchObject({
      due: false,
      until: null,
    })
    const recent = retraining(960 * MINUTE, FAILED)
    expect(retrainingDue(facts({ unusedFeedback: 50, retrainings: [recent] }), policy)).toEqual({
      due: false,
      reason: 'The last retraining was a short while ago.',
      until: 1020 * MINUTE,
    })
    const past = retraining(940 * MINUTE, FAILED)
    expect(retrainingDue(facts({ unusedFeedback: 50, retrainings: [past] }), policy)).toMatchObject({
      due: true,
    })
  })
})
