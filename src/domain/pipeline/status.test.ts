import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochMillis, parseRunId } from '../ids'
import {
  STAGE_DEFINITIONS,
  STAGES,
  type Fingerprint,
  type PipelineSettings,
  type StageName,
  type StageRecord,
  type StageRecords,
} from './stages'
import { isUpToDate, nextStage, pipelineStatus } from './status'
import { pipelineMermaid, reasonsOf, statusText, UP_TO_DATE } from './words'

const SETTINGS: PipelineSettings = {
  preprocess: { digits: 'a'.repeat(64), 'mnist.normalize_mean': 0.1307, 'mnist.normalize_std': 0.3081 },
  train: { 'train.lr': 0.01, 'train.epochs': 15, 'augment.shift': 0 },
  evaluate: {},
  gate: { 'release.min_accuracy': 0.95, champion: 'mnist-classifier/1' },
  register: {},
}

const OUTPUTS: Readonly<Record<StageName, Fingerprint>> = {
  preprocess: { digits: 'a'.repeat(64), mean: 0.1307, deviation: 0.3081, 'test digits': 'b'.repeat(64) },
  train: { weights: 'c'.repeat(64) },
  evaluate: {},
  gate: { decision: 'APPROVE' },
  register: {},
}

const MADE: Fingerprint = Object.assign({}, ...Object.values(OUTPUTS))

/** What running everything with these settings leaves. */
function ran(settings: PipelineSettings): StageRecords {
  const record = (stage: StageName): StageRecord => ({
    inputs: {
      ...settings[stage],
      ...Object.fromEntries(STAGE_DEFINITIONS[stage].takes.map((name) => [name, MADE[name] ?? null])),
    },
    outputs: OUTPUTS[stage],
    product: { kind: 'run', id: parseRunId('1'.repeat(32)), name: 'calm-digit-7', accuracy: 0.99 },
    at: epochMillis(1),
    seconds: 1,
  })
  return {
    preprocess: [record('preprocess')],
    train: [record('train')],
    evaluate: [record('evaluate')],
    gate: [record('gate')],
    register: [record('register')],
  }
}

const NOTHING: StageRecords = { preprocess: [], train: [], evaluate: [], gate: [], register: [] }

function changed(stage: StageName, name: string, value: Fingerprint[string]): PipelineSettings {
  return { ...SETTINGS, [stage]: { ...SETTINGS[stage], [name]: value } }
}

const everyInput = STAGES.flatMap((stage) => Object.keys(SETTINGS[stage]).map((name) => ({ stage, name })))

describe('the status of a pipeline', () => {
  it('is new all over before anything ran, and fresh all over afterwards', () => {
    const before = pipelineStatus(SETTINGS, NOTHING)
    expect(STAGES.map((stage) => before[stage].state)).toEqual(STAGES.map(() => 'new'))
    expect(nextStage(before)).toBe('preprocess')
    const after = pipelineStatus(SETTINGS, ran(SETTINGS))
    expect(STAGES.map((stage) => after[stage].state)).toEqual(STAGES.map(() => 'fresh'))
    expect(isUpToDate(after)).toBe(true)
    expect(statusText(after)).toBe(UP_TO_DATE)
  })

  it('makes exactly the stages from a changed input on stale, and the first of them says what changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...everyInput),
        fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
        ({ stage, name }, value) => {
          fc.pre(value !== SETTINGS[stage][name])
          const status = pipelineStatus(changed(stage, name, value), ran(SETTINGS))
          const from = STAGES.indexOf(stage)
          expect(STAGES.map((each) => status[each].state)).toEqual(
            STAGES.map((_each, index) => (index < from ? 'fresh' : 'stale')),
          )
          expect(nextStage(status)).toBe(stage)
          expect(reasonsOf(status[stage]).join()).toContain(name)
        },
      ),
    )
  })

  it('is fresh again when the old value comes back, whatever ran in between', () => {
    fc.assert(
      fc.property(fc.constantFrom(...everyInput), fc.integer({ min: 2 }), ({ stage, name }, value) => {
        const between = ran(changed(stage, name, value))
        const first = ran(SETTINGS)
        const records = Object.fromEntries(
          STAGES.map((each) => [each, [...between[each], ...first[each]]]),
        ) as unknown as StageRecords
        expect(isUpToDate(pipelineStatus(SETTINGS, records))).toBe(true)
      }),
    )
  })

  it('says why in words', () => {
    const rate = pipelineStatus(changed('train', 'train.lr', 0.02), ran(SETTINGS))
    expect(reasonsOf(rate.train)).toEqual(['train.lr changed from 0.01 to 0.02'])
    expect(reasonsOf(rate.evaluate)).toEqual(['Train comes first'])
    const champion = pipelineStatus(changed('gate', 'champion', 'mnist-classifier/2'), ran(SETTINGS))
    expect(reasonsOf(champion.gate)).toEqual([
      'the champion changed from mnist-classifier/1 to mnist-classifier/2',
    ])
    const digits = pipelineStatus(changed('preprocess', 'digits', 'd'.repeat(64)), ran(SETTINGS))
    expect(reasonsOf(digits.preprocess)).toEqual(['the digits changed'])
    expect(statusText(rate)).toMatch(
      /^train: stale\n {2}train\.lr changed from 0\.01 to 0\.02\nevaluate: stale/,
    )
  })

  it('holds back what the gate rejected, and has nothing more to do', () => {
    const all = ran(SETTINGS)
    const rejected = all.gate.map((record) => ({ ...record, outputs: { decision: 'REJECT' } }))
    const status = pipelineStatus(SETTINGS, { ...all, gate: rejected, register: [] })
    expect(status.register).toEqual({
      state: 'held',
      why: ['The gate rejected these weights: nothing is registered'],
    })
    expect(isUpToDate(status)).toBe(true)
  })

  it('shows what is under way, and everything after it as waiting', () => {
    const status = pipelineStatus(SETTINGS, ran(SETTINGS), { stage: 'train', state: 'running' })
    expect(STAGES.map((stage) => status[stage].state)).toEqual([
      'fresh',
      'running',
      'stale',
      'stale',
      'stale',
    ])
    const failed = pipelineStatus(SETTINGS, NOTHING, {
      stage: 'train',
      state: 'failed',
      message: 'No memory.',
    })
    expect(reasonsOf(failed.train)).toEqual(['No memory.'])
  })

  it('draws itself as Mermaid', () => {
    expect(pipelineMermaid(pipelineStatus(changed('gate', 'champion', null), ran(SETTINGS)))).toBe(
      [
        'flowchart LR',
        '  preprocess["Preprocess: fresh"]',
        '  train["Train: fresh"]',
        '  evaluate["Evaluate: fresh"]',
        '  gate["Gate: stale"]',
        '  register["Register: stale"]',
        '  preprocess --> train',
        '  preprocess --> evaluate',
        '  train --> evaluate',
        '  evaluate --> gate',
        '  gate --> register',
        '',
      ].join('\n'),
    )
  })
})
