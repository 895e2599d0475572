import { macroAverages } from '../metrics/averages'
import type { Evaluation } from '../metrics/evaluation'
import type { ReleaseCheck, ReleaseThresholds } from './assessment'

type CheckName = keyof ReleaseThresholds

/** What each threshold is compared with; null where it was not measured. */
export type ReleaseValues = Readonly<Record<CheckName, number | null>>

interface CheckRule {
  readonly name: CheckName
  readonly bound: 'at-least' | 'at-most'
  readonly description: string
}

/** In the order in which the release-gate system lists them. */
const RULES: readonly CheckRule[] = [
  { name: 'min_accuracy', bound: 'at-least', description: 'Share of all images read right' },
  { name: 'min_precision', bound: 'at-least', description: 'Precision, mean of the classes' },
  { name: 'min_recall', bound: 'at-least', description: 'Recall, mean of the classes' },
  { name: 'min_f1_score', bound: 'at-least', description: 'F1 score, mean of the classes' },
  { name: 'max_loss', bound: 'at-most', description: 'Mean loss of an image, in nats' },
  {
    name: 'max_inference_time_ms',
    bound: 'at-most',
    description: 'Mean time to read one image, in milliseconds',
  },
  {
    name: 'min_per_class_accuracy',
    bound: 'at-least',
    description: 'Share read right in the class that is read worst',
  },
  {
    name: 'min_confidence_threshold',
    bound: 'at-least',
    description: 'Mean probability of the answers',
  },
]

/** The eight figures of an evaluation that a gate looks at. */
export function releaseValues(evaluation: Evaluation): ReleaseValues {
  const { precision, recall, f1 } = macroAverages(evaluation)
  const { accuracy, loss, perClass, detail } = evaluation
  const unseen = perClass.some(({ support }) => support === 0)
  return {
    min_accuracy: accuracy,
    min_precision: precision,
    min_recall: recall,
    min_f1_score: f1,
    max_loss: loss,
    max_inference_time_ms: detail?.inferenceMs?.mean ?? null,
    // A class without an image was not measured, and may be read however badly.
    min_per_class_accuracy: unseen ? null : Math.min(...perClass.map((metrics) => metrics.recall)),
    min_confidence_threshold: detail?.confidence.mean ?? null,
  }
}

/** Each threshold beside its value. A value that is missing or no number fails its check. */
export function releaseChecks(values: ReleaseValues, thresholds: ReleaseThresholds): readonly ReleaseCheck[] {
  return RULES.map(({ name, bound, description }) => {
    const value = values[name]
    const threshold = thresholds[name]
    const holds = value !== null && (bound === 'at-least' ? value >= threshold : value <= threshold)
    return { name, description, value, threshold, passed: holds }
  })
}

/** Whether the value must reach the threshold or stay under it. */
export function boundOf(name: CheckName): CheckRule['bound'] {
  return RULES.find((rule) => rule.name === name)?.bound ?? 'at-least'
}
