import { join } from 'node:path'
import { assessCandidate } from './assess-candidate'
import { evaluateServed } from './evaluate-served'
import { readOutput, writeAtomically } from './files'
import { floatsOfBytes } from './float-bytes'
import { digestNow } from './host'
import { done, type Result, usage } from './problem'
import { findVersion } from './registered-model'
import { readRegistry } from './registry'
import { openBundleFile, openRegistered, USUAL_ALIAS } from './served-model'
import {
  type Job,
  measured,
  readPrepared,
  type Report,
  runOutputs,
  TRAINING_FILE,
  TRAINING_FORMAT,
  type TrainingRecord,
  WEIGHTS_FILE,
} from './stages'
import { datasetSummary, runSummary } from './summary'
import type { TrainedModel } from './train-stage'

/**
 * Measures a model on test digits and puts it through the gate: the weights that `train` left, a registered version (`--version`;
 * the champion, where `train` left nothing) or a bundle (`--bundle`).
 */
export async function evaluateCommand(job: Job): Promise<Result<Report>> {
  const { bundle, version, out } = job.line
  if (bundle !== null) return evaluateServed(await openBundleFile(bundle), job)
  const model = job.resolved.params.mlflow.registered_model_name
  if (version !== null) return evaluateServed(await openRegistered(out, model, version), job)
  if (await isChampionAlone(out, model)) {
    job.progress.say(`train left nothing in ${out}: measuring the ${USUAL_ALIAS} of its registry.`)
    return evaluateServed(await openRegistered(out, model, USUAL_ALIAS), job)
  }
  return evaluateTrained(job)
}

/** What `pipeline` leaves: a model in service, and nothing that waits for its evaluation. */
async function isChampionAlone(out: string, model: string): Promise<boolean> {
  const training = await readOutput(out, TRAINING_FILE, '')
  if (training.ok) return false
  const registry = await readRegistry(out)
  return registry.ok && findVersion(registry.value, model, USUAL_ALIAS) !== null
}

/** On another dataset than the training's (`--data`) only the evaluation is written, no run ends. */
async function evaluateTrained(job: Job): Promise<Result<Report>> {
  const { out } = job.line
  const trained = await readTraining(out)
  if (!trained.ok) return trained
  const dataset = await readPrepared(job)
  if (!dataset.ok) return dataset
  const began = performance.now()
  const { run, weights, answers } = await measured(trained.value, dataset.value, job)
  const seconds = (performance.now() - began) / 1000
  const { evaluation } = run.status.result
  const weightsSha256 = digestNow(weights)
  const assessed = await assessCandidate({ weightsSha256, evaluation, answers }, dataset.value, seconds, job)
  if (!assessed.ok) return assessed
  const own = dataset.value.record.digest === run.dataset.digest
  if (own) await writeAtomically(out, runOutputs(run))
  else job.progress.say('These digits are not those of the training: run.json was left as it is.')
  return done({
    dataset: datasetSummary(dataset.value),
    ...runSummary(run),
    weightsSha256,
    trainedOn: run.dataset,
    ...assessed.value,
    runId: run.id,
    out,
  })
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
