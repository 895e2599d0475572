import type { ReleaseAssessment, ReleaseCheck, ReleaseThresholds } from './assessment'

/** Names that the release-gate system gives the checks. */
const CHECK_NAMES: Readonly<Record<keyof ReleaseThresholds, string>> = {
  min_accuracy: 'accuracy',
  min_precision: 'precision',
  min_recall: 'recall',
  min_f1_score: 'f1_score',
  max_loss: 'loss',
  max_inference_time_ms: 'inference_time',
  min_per_class_accuracy: 'per_class_accuracy',
  min_confidence_threshold: 'confidence',
}

/** An assessment under the release-gate system's keys, and no other. */
export interface AssessmentJson {
  readonly release_recommendation: ReleaseAssessment['decision']
  readonly all_checks_passed: boolean
  readonly passed_checks: readonly string[]
  readonly failed_checks: readonly string[]
  readonly total_checks: number
  readonly passed_count: number
  readonly failed_count: number
  readonly checks_detail: Readonly<Record<string, CheckJson>>
  readonly thresholds_used: ReleaseThresholds
}

interface CheckJson {
  /** Null where it was not measured. */
  readonly value: number | null
  readonly threshold: number
  readonly passed: boolean
  readonly description: string
}

export function assessmentJson({ decision, checks, thresholds }: ReleaseAssessment): AssessmentJson {
  const passed = checks.filter((check) => check.passed).map(nameOf)
  const failed = checks.filter((check) => !check.passed).map(nameOf)
  return {
    release_recommendation: decision,
    all_checks_passed: failed.length === 0,
    passed_checks: passed,
    failed_checks: failed,
    total_checks: checks.length,
    passed_count: passed.length,
    failed_count: failed.length,
    checks_detail: Object.fromEntries(
      checks.map((check): [string, CheckJson] => {
        const { value, threshold, description } = check
        return [nameOf(check), { value, threshold, passed: check.passed, description }]
      }),
    ),
    thresholds_used: thresholds,
  }
}

function nameOf({ name }: ReleaseCheck): string {
  return CHECK_NAMES[name]
}
