import type { Dataset } from '../src/domain/dataset/dataset'
import { engineBuild, engineThreads } from '../src/domain/registry/engine'
import type { Run } from '../src/domain/registry/records'
import type { EndedRun } from '../src/domain/registry/run'

/** Share of each class in the training split: the reference pipeline's `baseline_distribution.json`. */
export function baselineDistribution({ record }: Dataset): Record<string, number> {
  const { classCounts, count } = record.train.profile
  return Object.fromEntries(classCounts.map((found, label) => [label, found / count]))
}

export function datasetSummary({ record }: Dataset) {
  const { name, digest, train, test } = record
  return { name, digest, train: train.profile.count, test: test.profile.count }
}

/** The figures of an ended run that `--json` prints. */
export function runSummary(run: EndedRun) {
  const { result } = run.status
  return {
    model: { preset: run.params.preset, parameters: run.parameterCount },
    engine: run.engine.kind,
    build: engineBuild(run.engine),
    threads: engineThreads(run.engine),
    epochs: result.epochsDone,
    seed: run.params.seed,
    seconds: result.trainSeconds,
    imagesPerSecond: result.imagesPerSecond,
    trainLoss: lastTrainLoss(run),
    validationAccuracy: lastValidationAccuracy(run),
    testAccuracy: result.evaluation.accuracy,
    testLoss: result.evaluation.loss,
    weightsSha256: result.weightsSha256,
    weightsEpoch: result.weightsEpoch,
    stoppedEarly: result.stoppedEarly,
    notes: run.notes ?? [],
  }
}

function lastTrainLoss(run: Run): number | null {
  return run.epochs.at(-1)?.trainLoss ?? null
}

/** Of the epoch whose weights the run ended with. */
function lastValidationAccuracy(run: EndedRun): number | null {
  const { weightsEpoch } = run.status.result
  return run.epochs.find(({ epoch }) => epoch === weightsEpoch)?.validation?.accuracy ?? null
}

/** The report for people: the same names, one a line. */
export function summaryText(report: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(report).map(([name, value]) => `${name.padEnd(18)}${shown(value)}\n`)
  return lines.join('')
}

function shown(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}` : value.toPrecision(5)
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(shown).join(', ') || '–'
  if (typeof value === 'object' && value !== null)
    return (
      Object.entries(value)
        .map(([name, part]) => `${name} ${shown(part)}`)
        .join(', ') || '–'
    )
  return String(value)
}
