import { macroAverages, occurring, weightedAverages, type ClassAverages } from './averages'
import type { Evaluation } from './evaluation'

/** One line of a classification report. */
interface ReportRow {
  readonly precision: number
  readonly recall: number
  readonly 'f1-score': number
  readonly support: number
}

/**
 * An evaluation under the release-gate system's keys, and no other. Null is what was not measured. Losses are per image in nats,
 * deviations those of the whole population.
 */
export interface EvaluationResults {
  readonly accuracy: number
  readonly precision_macro: number
  readonly recall_macro: number
  readonly f1_macro: number
  readonly precision_weighted: number
  readonly recall_weighted: number
  readonly f1_weighted: number
  readonly average_loss: number
  readonly loss_std: number | null
  readonly avg_inference_time_ms: number | null
  readonly inference_time_std_ms: number | null
  readonly max_inference_time_ms: number | null
  readonly min_inference_time_ms: number | null
  /** `[actual][predicted]`. */
  readonly confusion_matrix: readonly (readonly number[])[]
  readonly per_class_metrics: Readonly<Record<string, ClassResults>>
  readonly roc_auc_macro: number | null
  readonly confidence_stats: {
    readonly mean_confidence: number | null
    readonly std_confidence: number | null
    readonly min_confidence: number | null
    readonly max_confidence: number | null
  }
  /** Of the classes that were answered, or are there. */
  readonly prediction_distribution: Readonly<Record<string, number>>
  readonly target_distribution: Readonly<Record<string, number>>
  /** scikit-learn's, `output_dict=True`: a row a class, `accuracy`, `macro avg`, `weighted avg`. */
  readonly classification_report: Readonly<Record<string, ReportRow | number>>
  /** Seconds. */
  readonly evaluation_time: number | null
}

interface ClassResults {
  readonly precision: number
  readonly recall: number
  readonly f1_score: number
  /** Share of the class's images that were read right: its recall. */
  readonly accuracy: number
  readonly support: number
}

/** @param seconds that the evaluation took; null where nobody looked at a clock */
export function evaluationResults(evaluation: Evaluation, seconds: number | null): EvaluationResults {
  const { accuracy, loss, confusion, perClass, detail } = evaluation
  const macro = macroAverages(evaluation)
  const weighted = weightedAverages(evaluation)
  const time = detail?.inferenceMs
  const confidence = detail?.confidence
  return {
    accuracy,
    precision_macro: macro.precision,
    recall_macro: macro.recall,
    f1_macro: macro.f1,
    precision_weighted: weighted.precision,
    recall_weighted: weighted.recall,
    f1_weighted: weighted.f1,
    average_loss: loss,
    loss_std: detail?.lossStd ?? null,
    avg_inference_time_ms: time?.mean ?? null,
    inference_time_std_ms: time?.std ?? null,
    max_inference_time_ms: time?.max ?? null,
    min_inference_time_ms: time?.min ?? null,
    confusion_matrix: confusion,
    per_class_metrics: Object.fromEntries(
      perClass.map(({ label, precision, recall, f1, support }): [string, ClassResults] => [
        String(label),
        { precision, recall, f1_score: f1, accuracy: recall, support },
      ]),
    ),
    roc_auc_macro: detail?.rocAuc.macro ?? null,
    confidence_stats: {
      mean_confidence: confidence?.mean ?? null,
      std_confidence: confidence?.std ?? null,
      min_confidence: confidence?.min ?? null,
      max_confidence: confidence?.max ?? null,
    },
    prediction_distribution: distribution(predictedCounts(evaluation)),
    target_distribution: distribution(perClass.map(({ support }) => support)),
    classification_report: classificationReport(evaluation, macro, weighted),
    evaluation_time: seconds,
  }
}

/** Rows in scikit-learn's order. */
function classificationReport(
  evaluation: Evaluation,
  macro: ClassAverages,
  weighted: ClassAverages,
): Record<string, ReportRow | number> {
  const { count } = evaluation
  const rows = occurring(evaluation).map(({ label, support, ...scores }): [string, ReportRow] => [
    String(label),
    reportRow(scores, support),
  ])
  return {
    ...Object.fromEntries(rows),
    accuracy: evaluation.accuracy,
    'macro avg': reportRow(macro, count),
    'weighted avg': reportRow(weighted, count),
  }
}

function reportRow({ precision, recall, f1 }: ClassAverages, support: number): ReportRow {
  return { precision, recall, 'f1-score': f1, support }
}

/** How often each class was answered. */
function predictedCounts({ confusion }: Evaluation): readonly number[] {
  return confusion.map((_, label) => confusion.reduce((sum, counts) => sum + (counts[label] ?? 0), 0))
}

function distribution(counts: readonly number[]): Record<string, number> {
  const found = counts.map((count, label): [string, number] => [String(label), count])
  return Object.fromEntries(found.filter(([, count]) => count > 0))
}
