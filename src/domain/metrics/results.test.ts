import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../ids'
import { withInferenceTimes } from './detail'
import { evaluateLogits } from './evaluate'
import { classificationReportText } from './report-text'
import { evaluationResults } from './results'
import { logitsOf, SHAPES, SKLEARN } from './sklearn.testing'

const DIGEST = parseSha256('d'.repeat(64))

function evaluationOf(index: number) {
  const { logits, labels } = logitsOf(SHAPES[index]!)
  return evaluateLogits(logits, labels, 'test', DIGEST)
}

/** Compares every number to 1e-9, and everything else exactly. */
function expectClose(found: unknown, golden: unknown, path: string): void {
  if (typeof golden === 'number') {
    expect(found, path).toBeTypeOf('number')
    expect(Math.abs((found as number) - golden), `${path}: ${String(found)}, not ${golden}`).toBeLessThan(
      1e-9,
    )
  } else if (typeof golden === 'object' && golden !== null) {
    const entries = Object.entries(golden)
    expect(Object.keys(found as object), path).toEqual(entries.map(([key]) => key))
    for (const [key, value] of entries)
      expectClose((found as Record<string, unknown>)[key], value, `${path}.${key}`)
  } else expect(found, path).toEqual(golden)
}

describe.each(SKLEARN.map((golden, index) => ({ golden, index })))(
  'evaluation results beside scikit-learn: $golden.name',
  ({ golden, index }) => {
    const evaluation = evaluationOf(index)
    const results = evaluationResults(evaluation, 1.5)

    it.each([
      'accuracy',
      'precision_macro',
      'recall_macro',
      'f1_macro',
      'precision_weighted',
      'recall_weighted',
      'f1_weighted',
      'average_loss',
      'loss_std',
      'confusion_matrix',
      'per_class_metrics',
      'confidence_stats',
      'prediction_distribution',
      'target_distribution',
      'classification_report',
    ] as const)('%s', (key) => {
      expectClose(results[key], golden[key], key)
    })

    it('ROC-AUC, and what scikit-learn has no word for', () => {
      const { rocAuc, brier, top2, calibrationError } = evaluation.detail!
      if ('roc_auc_macro' in golden) {
        expectClose(results.roc_auc_macro, golden.roc_auc_macro, 'roc_auc_macro')
        expectClose(rocAuc.perClass, golden.roc_auc_per_class, 'roc_auc_per_class')
      } else expect(results.roc_auc_macro).toBeNull()
      expectClose(brier, golden.brier, 'brier')
      expectClose(top2, golden.top2, 'top2')
      expectClose(calibrationError, golden.ece, 'ece')
    })

    it('the report, printed', () => {
      expect(classificationReportText(evaluation)).toBe(golden.text)
    })
  },
)

describe('evaluation results', () => {
  it('have the release-gate system’s keys and no other, times where they were taken', () => {
    const evaluation = withInferenceTimes(evaluationOf(0), Float64Array.of(1, 2, 6))
    const results = evaluationResults(evaluation, null)
    expect(Object.keys(results)).toEqual([
      'accuracy',
      'precision_macro',
      'recall_macro',
      'f1_macro',
      'precision_weighted',
      'recall_weighted',
      'f1_weighted',
      'average_loss',
      'loss_std',
      'avg_inference_time_ms',
      'inference_time_std_ms',
      'max_inference_time_ms',
      'min_inference_time_ms',
      'confusion_matrix',
      'per_class_metrics',
      'roc_auc_macro',
      'confidence_stats',
      'prediction_distribution',
      'target_distribution',
      'classification_report',
      'evaluation_time',
    ])
    expect(Object.keys(results.per_class_metrics['3']!)).toEqual([
      'precision',
      'recall',
      'f1_score',
      'accuracy',
      'support',
    ])
    expect(results).toMatchObject({
      avg_inference_time_ms: 3,
      max_inference_time_ms: 6,
      min_inference_time_ms: 1,
      evaluation_time: null,
    })
    expect(results.inference_time_std_ms).toBeCloseTo(Math.sqrt(14 / 3), 12)
  })

  it('say null for what an old evaluation did not measure', () => {
    const { detail: _detail, ...old } = evaluationOf(0)
    const results = evaluationResults(old, null)
    expect(results.roc_auc_macro).toBeNull()
    expect(results.avg_inference_time_ms).toBeNull()
    expect(results.confidence_stats.mean_confidence).toBeNull()
  })
})
