import { join } from 'node:path'
import type { Dataset, DatasetRecord } from '../src/domain/dataset/dataset'
import { encodeGolden } from '../src/domain/metrics/golden'
import { parameterTable } from '../src/domain/model/parameters'
import { preprocessOf } from '../src/domain/params/preprocess'
import type { Run } from '../src/domain/registry/records'
import type { EndedRun } from '../src/domain/registry/run'
import type { TrainOutcome } from '../src/domain/training/events'
import { removeCheckpoint } from './checkpoint'
import type { CommandLine } from './command-line'
import { readDigits } from './digits'
import { endedRun, evaluateStage } from './evaluate-stage'
import { jsonText, type Outputs, readOutput, writeAtomically } from './files'
import { bytesOfFloats } from './float-bytes'
import { idxFiles, parquetOutputs } from './idx-files'
import { paramsRecord, type ResolvedParams } from './params'
import { done, interrupted, type Result, usage } from './problem'
import type { Progress } from './progress'
import { baselineDistribution, datasetSummary, runSummary } from './summary'
import { type TrainedModel, trainStage } from './train-stage'

/** What every command works with. */
export interface Job {
  readonly line: CommandLine
  readonly resolved: ResolvedParams
  readonly mnistFolder: string | null
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** What a command hands to `--json`. */
export type Report = Readonly<Record<string, unknown>>

/** What `preprocess` leaves for `train` and `evaluate`. */
const DATASET_FOLDER = 'dataset'
const PREPARED_RECORD = `${DATASET_FOLDER}/dataset.json`
/** What `train` leaves for `evaluate`, beside the weights. */
export const TRAINING_FILE = 'training.json'
export const TRAINING_FORMAT = 'mnist-studio-training-1'
export const WEIGHTS_FILE = 'weights.bin'

export interface TrainingRecord {
  readonly format: typeof TRAINING_FORMAT
  readonly run: Run
  readonly outcome: Omit<TrainOutcome, 'weights'>
}

export async function preprocess(job: Job): Promise<Result<Report>> {
  const dataset = await readSource(job)
  if (!dataset.ok) return dataset
  const { out } = job.line
  const { train, test } = dataset.value
  const total = train.count + test.count
  let parquet
  try {
    parquet = await parquetOutputs(dataset.value, job.signal, (rows) =>
      job.progress.show(`Writing Parquet, ${rows} of ${total} images`),
    )
  } catch (error) {
    if (job.signal.aborted) return interrupted('Writing the dataset was interrupted; nothing was kept.')
    throw error
  }
  const outputs = gathered(preparedOutputs(dataset.value), parquet, datasetOutputs(dataset.value))
  await writeAtomically(out, outputs)
  return done({ dataset: datasetSummary(dataset.value), out, files: [...outputs.keys()] })
}

export async function trainCommand(job: Job): Promise<Result<Report>> {
  const { out } = job.line
  const dataset = await readPrepared(job)
  if (!dataset.ok) return dataset
  const trained = await trainOn(dataset.value, job)
  if (!trained.ok) return trained
  const { run, outcome } = trained.value
  const { weights: _, ...figures } = outcome
  // The files are those of an unended run: evaluate ends it. The figures are told already.
  const { run: ended, weights } = await measured(trained.value, dataset.value, job)
  const record: TrainingRecord = { format: TRAINING_FORMAT, run, outcome: figures }
  await writeAtomically(out, gathered(modelOutputs(run, weights, job), [[TRAINING_FILE, jsonText(record)]]))
  await removeCheckpoint(out)
  return done({ dataset: datasetSummary(dataset.value), ...runSummary(ended), runId: run.id, out })
}

export function readSource({ line, resolved, mnistFolder, signal, progress }: Job): Promise<Result<Dataset>> {
  const source = line.data ?? { kind: 'mnist' }
  const preprocess = preprocessOf(resolved.params.mnist)
  return readDigits({ source, mnistFolder, preprocess, signal, progress })
}

/** The dataset that `preprocess` left in `out`, unless --data names another; without either, the source itself. */
export async function readPrepared(job: Job): Promise<Result<Dataset>> {
  const { line, resolved, mnistFolder, signal, progress } = job
  const text = await readOutput(line.out, PREPARED_RECORD, '')
  if (line.data !== null || !text.ok) return readSource(job)
  const prepared = JSON.parse(text.value.toString()) as DatasetRecord
  const source = { kind: 'folder', path: join(line.out, DATASET_FOLDER) } as const
  const preprocess = preprocessOf(resolved.params.mnist)
  const read = await readDigits({ source, mnistFolder, preprocess, signal, progress })
  if (!read.ok) return read
  const { record } = read.value
  if (record.digest !== prepared.digest)
    return usage(
      'damaged',
      `The digits in ${source.path} have digest ${record.digest}, but ${PREPARED_RECORD} says ${prepared.digest}. Run preprocess again.`,
    )
  return done({ ...read.value, record: { ...record, name: prepared.name, source: prepared.source } })
}

export function trainOn(
  dataset: Dataset,
  { line, resolved, signal, progress }: Job,
): Promise<Result<TrainedModel>> {
  const { out, resume } = line
  return trainStage({ dataset, params: resolved.params, out, resume, signal, progress })
}

export interface MeasuredRun {
  readonly run: EndedRun
  readonly weights: Uint8Array
  readonly golden: Uint8Array
  /** The class it read in each test image. */
  readonly answers: Uint8Array
}

/** The run, ended by its evaluation, its answers, and the bytes of its weights. */
export async function measured(
  { run, outcome }: TrainedModel,
  dataset: Dataset,
  { progress }: Job,
): Promise<MeasuredRun> {
  const { spec, preprocess } = run
  const tested = await evaluateStage({ spec, preprocess, weights: outcome.weights }, dataset, progress)
  return {
    run: endedRun({ run, outcome }, tested),
    weights: bytesOfFloats(outcome.weights),
    golden: encodeGolden(tested.golden),
    answers: tested.predictions.labels,
  }
}

type Part = Iterable<readonly [string, string | Uint8Array]>

export function gathered(...parts: Part[]): Outputs {
  return new Map(parts.flatMap((part) => [...part]))
}

/** A dataset as {@link readPrepared} finds it again. */
export function preparedOutputs(dataset: Dataset): Outputs {
  return gathered(
    [...idxFiles(dataset)].map(([name, bytes]) => [`${DATASET_FOLDER}/${name}`, bytes]),
    [[PREPARED_RECORD, jsonText(dataset.record)]],
  )
}

export function datasetOutputs(dataset: Dataset): Part {
  return [
    ['dataset.json', jsonText(dataset.record)],
    ['baseline_distribution.json', jsonText(baselineDistribution(dataset))],
  ]
}

export function modelOutputs(run: Run, weights: Uint8Array, { resolved }: Job): Part {
  return [
    [WEIGHTS_FILE, weights],
    // How to read the weights without this program: little-endian float32, tensor by tensor.
    ['model.json', jsonText({ spec: run.spec, preprocess: run.preprocess, ...parameterTable(run.spec) })],
    ['params.json', jsonText(paramsRecord(resolved))],
  ]
}

/** The run vouches for the rest, so it comes last. */
export function runOutputs(run: EndedRun): Outputs {
  return new Map([
    ['evaluation.json', jsonText(run.status.result.evaluation)],
    ['run.json', jsonText(run)],
  ])
}
