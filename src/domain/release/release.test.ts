import { assert, constantFrom, double, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochMillis, parseSha256, parseVersionId, recordIdFromBytes } from '../ids'
import { withInferenceTimes } from '../metrics/detail'
import { evaluateLogits } from '../metrics/evaluate'
import type { Evaluation } from '../metrics/evaluation'
import { assessRelease, compareWithChampion } from './assess'
import type { ReleaseThresholds, StoredAssessment } from './assessment'
import { assessmentJson } from './assessment-json'
import { boundOf, releaseChecks, releaseValues, type ReleaseValues } from './checks'
import { passedAssessment } from './passed'
import { gateOf, gateWith, RELEASE_PROFILES } from './profiles'
import { championSentence, decisionSentence } from './words'

const DIGEST = parseSha256('d'.repeat(64))
const CHAMPION = parseVersionId('mnist-classifier/1')
const NAMES = Object.keys(RELEASE_PROFILES.default) as (keyof ReleaseThresholds)[]

/** `wrong` of 200 digits are read as the next one, with a lead of `lead`. */
function evaluation(wrong: number, lead = 8, milliseconds = 1): Evaluation {
  const labels = Uint8Array.from({ length: 200 }, (_, image) => image % 10)
  const logits = new Float32Array(2000)
  for (const [image, label] of labels.entries())
    logits[image * 10 + ((label + (image < wrong ? 1 : 0)) % 10)] = lead
  return withInferenceTimes(
    evaluateLogits(logits, labels, 'test', DIGEST),
    new Float64Array(100).fill(milliseconds),
  )
}

describe('release gate', () => {
  it('has the published thresholds of four profiles', () => {
    const thresholds = Object.values(RELEASE_PROFILES).map((profile) => Object.values(profile))
    expect(thresholds).toEqual([
      [0.95, 0.9, 0.9, 0.9, 0.2, 0.8, 100, 0.7],
      [0.97, 0.92, 0.92, 0.92, 0.15, 0.85, 75, 0.75],
      [0.98, 0.95, 0.95, 0.95, 0.1, 0.9, 50, 0.8],
      [0.8, 0.7, 0.7, 0.7, 0.2, 0.8, 100, 0.7],
    ])
    expect(gateWith({ ...RELEASE_PROFILES.strict }).profile).toBe('strict')
    expect(gateWith({ ...RELEASE_PROFILES.strict, max_loss: 0.11 }).profile).toBe('custom')
  })

  it('approves what holds all eight checks, and names those that fail by how much', () => {
    const good = assessRelease(evaluation(2), gateOf('default'), null)
    expect(good).toMatchObject({ decision: 'APPROVE', count: 200, accuracy: 0.99, profile: 'default' })
    expect(good.checks).toHaveLength(8)
    expect(decisionSentence(good)).toBe('All 8 checks hold.')
    const slow = assessRelease(evaluation(2, 8, 60), gateOf('strict'), null)
    expect(slow.decision).toBe('REJECT')
    expect(decisionSentence(slow)).toBe('1 of 8 checks fails: max_inference_time_ms 60 is 10 over 50.')
    const unsure = assessRelease(evaluation(0, 1), gateOf('default'), null)
    expect(decisionSentence(unsure)).toMatch(
      /^2 of 8 checks fail: max_loss [\d.]+ is [\d.]+ over 0.2; min_confidence_threshold [\d.]+ is [\d.]+ under 0.7\.$/,
    )
  })

  it('fails what was not measured by name', () => {
    const { detail: _detail, ...bare } = evaluation(0)
    const assessment = assessRelease(bare, gateOf('default'), null)
    expect(assessment.decision).toBe('REJECT')
    expect(decisionSentence(assessment)).toBe(
      '2 of 8 checks fail: max_inference_time_ms was not measured; min_confidence_threshold was not measured.',
    )
    const without9 = evaluateLogits(new Float32Array(20).fill(1), Uint8Array.of(0, 0), 'test', DIGEST)
    expect(releaseValues(without9).min_per_class_accuracy).toBeNull()
  })

  it('rejects a model that diverged', () => {
    const nan = evaluateLogits(new Float32Array(10).fill(Number.NaN), Uint8Array.of(0), 'test', DIGEST)
    const assessment = assessRelease(nan, gateOf('ci'), null)
    expect(assessment.decision).toBe('REJECT')
    expect(decisionSentence(assessment)).toContain('max_loss is not a number')
  })

  it('writes the release-gate system’s JSON', () => {
    const json = assessmentJson(assessRelease(evaluation(2, 8, 60), gateOf('strict'), null))
    expect(Object.keys(json)).toEqual([
      'release_recommendation',
      'all_checks_passed',
      'passed_checks',
      'failed_checks',
      'total_checks',
      'passed_count',
      'failed_count',
      'checks_detail',
      'thresholds_used',
    ])
    expect(json).toMatchObject({
      release_recommendation: 'REJECT',
      all_checks_passed: false,
      failed_checks: ['inference_time'],
      total_checks: 8,
      passed_count: 7,
      failed_count: 1,
      thresholds_used: RELEASE_PROFILES.strict,
    })
    expect(Object.keys(json.checks_detail)).toEqual([
      'accuracy',
      'precision',
      'recall',
      'f1_score',
      'loss',
      'inference_time',
      'per_class_accuracy',
      'confidence',
    ])
    expect(json.checks_detail['inference_time']).toEqual({
      value: 60,
      threshold: 50,
      passed: false,
      description: expect.any(String),
    })
  })
})

const anyFigure = option(double({ min: 0, max: 2, noNaN: true }), { nil: null })
const anyValues = record(Object.fromEntries(NAMES.map((name) => [name, anyFigure])))
const anyThresholds = record(
  Object.fromEntries(NAMES.map((name) => [name, double({ min: 0, max: 2, noNaN: true })])),
)

describe('release checks, whatever the figures', () => {
  it('hold all exactly where every value keeps its threshold', () => {
    assert(
      property(anyValues, anyThresholds, (values, thresholds) => {
        const checks = releaseChecks(values as ReleaseValues, thresholds as ReleaseThresholds)
        const kept = NAMES.every((name) => {
          const value = values[name] ?? null
          const threshold = thresholds[name]!
          if (value === null) return false
          return name.startsWith('min_') ? value >= threshold : value <= threshold
        })
        expect(checks.every(({ passed }) => passed)).toBe(kept)
        expect(checks.map(({ name }) => name).toSorted()).toEqual(NAMES.toSorted())
      }),
    )
  })

  it('never fail for a better value', () => {
    const gain = double({ min: 0, max: 1, noNaN: true })
    assert(
      property(anyValues, anyThresholds, constantFrom(...NAMES), gain, (values, thresholds, name, by) => {
        const value = values[name] ?? null
        if (value === null) return
        const better = boundOf(name) === 'at-least' ? value + by : value - by
        function passed(figures: object): boolean {
          return releaseChecks(figures as ReleaseValues, thresholds as ReleaseThresholds).every(
            (check) => check.passed,
          )
        }
        if (passed(values)) expect(passed({ ...values, [name]: better })).toBe(true)
      }),
    )
  })
})

/** Answers to `count` digits "0": the first model alone right on some, the second alone on others. */
function answers(count: number, onlyFirst: number, onlySecond: number) {
  const labels = new Uint8Array(count)
  const first = labels.map((_, image) => (image >= onlyFirst && image < onlyFirst + onlySecond ? 1 : 0))
  const second = labels.map((_, image) => (image < onlyFirst ? 1 : 0))
  return compareWithChampion(CHAMPION, first, second, labels)
}

describe('champion comparison', () => {
  it('calls an improvement of five errors in ten thousand not distinguishable', () => {
    const comparison = answers(10_000, 35, 30)
    expect(comparison.verdict).toBe('not-distinguishable')
    expect(comparison.paired.p).toBeCloseTo(0.62, 2)
    expect(championSentence(comparison)).toBe(
      'Not distinguishable from mnist-classifier/1: 35 digits only this model reads right, 30 only mnist-classifier/1, which chance explains (p = 0.620).',
    )
  })

  it('tells better from worse where chance does not explain it', () => {
    expect(answers(1000, 40, 10).verdict).toBe('better')
    expect(answers(1000, 10, 40).verdict).toBe('worse')
    expect(championSentence(answers(1000, 40, 10))).toMatch(/^Better than .*p = 2\.\de-5\)\.$/)
    expect(championSentence(answers(10, 0, 0))).toContain('both read the same digits right')
  })

  it('decides nothing: a worse model may hold all checks', () => {
    const worse = answers(1000, 10, 40)
    expect(assessRelease(evaluation(2), gateOf('default'), worse).decision).toBe('APPROVE')
  })
})

describe('passed assessment', () => {
  function stored(at: number, wrong: number, override: string | null): StoredAssessment {
    return {
      id: recordIdFromBytes(new Uint8Array(16).fill(at)),
      at: epochMillis(at),
      weightsSha256: DIGEST,
      assessment: assessRelease(evaluation(wrong), gateOf('default'), null),
      override,
    }
  }

  it('is the newest decision, where that approved or was overridden', () => {
    const approved = stored(1, 0, null)
    const rejected = stored(2, 100, null)
    const overridden = stored(3, 100, 'measured by hand')
    expect(passedAssessment([])).toBeNull()
    expect(passedAssessment([approved])).toBe(approved)
    expect(passedAssessment([rejected, approved])).toBeNull()
    expect(passedAssessment([approved, rejected, overridden])).toBe(overridden)
  })
})
