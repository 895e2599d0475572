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
import { bytesOfFloats, floatsOfBytes } from './float-bytes'
import { digestNow } from './host'
import { idxFiles } from './idx-files'
import { paramsRecord, type ResolvedParams } from './params'
import { done, type Result, usage } from './problem'
import type { Progress } from './progress'
import { readRegistry, registerRun, registryOutputs } from './registry'
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

const FIRST_ALIAS = 'champion'
/** What `preprocess` leaves for `train` and `evaluate`. */
const DATASET_FOLDER = 'dataset'
const PREPARED_RECORD = `${DATASET_FOLDER}/dataset.json`
/** What `train` leaves for `evaluate`, beside the weights. */
const TRAINING_FILE = 'training.json'
const TRAINING_FORMAT = 'mnist-studio-training-1'
const WEIGHTS_FILE = 'weights.bin'

interface TrainingRecord {
  readonly format: typeof TRAINING_FORMAT
  readonly run: Run
  readonly outcome: Omit<TrainOutcome, 'weights'>
}

/** preprocess → train → evaluate → register. Results take their places together at the end, the run last. */
export async function pipeline(job: Job): Promise<Result<Report>> {
  const { out } = job.line
  // A registry that cannot be added to is better known before training than after.
  const registry = await readRegistry(out)
  if (!registry.ok) return registry
  const dataset = await readSource(job)
  if (!dataset.ok) return dataset
  const trained = await trainOn(dataset.value, job)
  if (!trained.ok) return trained
  const { run, weights, golden } = await measured(trained.value, dataset.value, job)

  const model = job.resolved.params.mlflow.registered_model_name
  const registration = await registerRun(registry.value, model, run, FIRST_ALIAS, Date.now())
  await writeAtomically(
    out,
    gathered(
      datasetOutputs(dataset.value),
      registryOutputs(registration, weights, golden),
      modelOutputs(run, weights, job),
      runOutputs(run),
    ),
  )
  await removeCheckpoint(out)
  const { version } = registration
  job.progress.say(`Registered ${version.id}${registration.aliases.map((alias) => ` as ${alias}`).join('')}`)
  return done({
    dataset: datasetSummary(dataset.value),
    ...runSummary(run),
    runId: run.id,
    version: version.id,
    aliases: registration.aliases,
    out,
  })
}

export async function preprocess(job: Job): Promise<Result<Report>> {
  const dataset = await readSource(job)
  if (!dataset.ok) return dataset
  const { out } = job.line
  const outputs = gathered(
    [...idxFiles(dataset.value)].map(([name, bytes]) => [`${DATASET_FOLDER}/${name}`, bytes]),
    [[PREPARED_RECORD, jsonText(dataset.value.record)]],
    datasetOutputs(dataset.value),
  )
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

/** Measures the weights of `train`. On another dataset than theirs (`--data`) only the evaluation is written, no run ends. */
export async function evaluateCommand(job: Job): Promise<Result<Report>> {
  const { out } = job.line
  const trained = await readTraining(out)
  if (!trained.ok) return trained
  const dataset = await readPrepared(job)
  if (!dataset.ok) return dataset
  const { run, weights } = await measured(trained.value, dataset.value, job)
  const own = dataset.value.record.digest === run.dataset.digest
  const { evaluation } = run.status.result
  await writeAtomically(out, own ? runOutputs(run) : new Map([['evaluation.json', jsonText(evaluation)]]))
  if (!own) job.progress.say('These digits are not those of the training: run.json was left as it is.')
  return done({
    dataset: datasetSummary(dataset.value),
    ...runSummary(run),
    weightsSha256: digestNow(weights),
    trainedOn: run.dataset,
    interval: evaluation.interval,
    runId: run.id,
    out,
  })
}

function readSource({ line, resolved, mnistFolder, signal, progress }: Job): Promise<Result<Dataset>> {
  const source = line.data ?? { kind: 'mnist' }
  const preprocess = preprocessOf(resolved.params.mnist)
  return readDigits({ source, mnistFolder, preprocess, signal, progress })
}

/** The dataset that `preprocess` left in `out`, unless --data names another; without either, the source itself. */
async function readPrepared(job: Job): Promise<Result<Dataset>> {
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

function trainOn(dataset: Dataset, { line, resolved, signal, progress }: Job): Promise<Result<TrainedModel>> {
  const { out, resume } = line
  return trainStage({ dataset, params: resolved.params, out, resume, signal, progress })
}

/** The run, ended by its evaluation, and the bytes of its weights. */
async function measured(
  { run, outcome }: TrainedModel,
  dataset: Dataset,
  { progress }: Job,
): Promise<{ run: EndedRun; weights: Uint8Array; golden: Uint8Array }> {
  const { spec, preprocess } = run
  const tested = await evaluateStage({ spec, preprocess, weights: outcome.weights }, dataset, progress)
  return {
    run: endedRun({ run, outcome }, tested),
    weights: bytesOfFloats(outcome.weights),
    golden: encodeGolden(tested.golden),
  }
}

/** The model that `train` left, its weights checked against their digest. */
async function readTraining(out: string): Promise<Result<TrainedModel>> {
  const wayOut = 'Run train with the same --out first.'
  const text = await readOutput(out, TRAINING_FILE, wayOut)
  if (!text.ok) return text
  const bytes = await readOutput(out, WEIGHTS_FILE, wayOut)
  if (!bytes.ok) return bytes
  const record = JSON.parse(text.value.toString()) as TrainingRecord
  if (record.format !== TRAINING_FORMAT)
    return usage('damaged', `${join(out, TRAINING_FILE)} is not what train leaves. ${wayOut}`)
  const { run, outcome } = record
  const found = digestNow(bytes.value)
  if (found !== outcome.weightsSha256)
    return usage(
      'digest-mismatch',
      `${join(out, WEIGHTS_FILE)} has digest ${found}, but its training left ${outcome.weightsSha256}. ${wayOut}`,
    )
  return done({ run, outcome: { ...outcome, weights: floatsOfBytes(bytes.value) } })
}

type Part = Iterable<readonly [string, string | Uint8Array]>

function gathered(...parts: Part[]): Outputs {
  return new Map(parts.flatMap((part) => [...part]))
}

function datasetOutputs(dataset: Dataset): Part {
  return [
    ['dataset.json', jsonText(dataset.record)],
    ['baseline_distribution.json', jsonText(baselineDistribution(dataset))],
  ]
}

function modelOutputs(run: Run, weights: Uint8Array, { resolved }: Job): Part {
  return [
    [WEIGHTS_FILE, weights],
    // How to read the weights without this program: little-endian float32, tensor by tensor.
    ['model.json', jsonText({ spec: run.spec, preprocess: run.preprocess, ...parameterTable(run.spec) })],
    ['params.json', jsonText(paramsRecord(resolved))],
  ]
}

/** The run vouches for the rest, so it comes last. */
function runOutputs(run: EndedRun): Outputs {
  return new Map([
    ['evaluation.json', jsonText(run.status.result.evaluation)],
    ['run.json', jsonText(run)],
  ])
}
