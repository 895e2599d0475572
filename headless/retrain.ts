import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assembleDataset } from '../src/domain/dataset/assemble'
import type { Dataset } from '../src/domain/dataset/dataset'
import { type NamedDigit, withFeedback } from '../src/domain/dataset/with-feedback'
import { epochMillis } from '../src/domain/ids'
import { findPreset } from '../src/domain/model/presets'
import { succession } from '../src/domain/pipeline/promotion'
import type { ModelVersion, Run } from '../src/domain/registry/records'
import { stageOf } from '../src/domain/registry/stages'
import { networkName, runOf, twinOf } from '../src/domain/registry/versions'
import type { RecipeParams } from '../src/domain/training/recipe'
import { exportCommand } from './bundle-export'
import { removeCheckpoint } from './checkpoint'
import { jsonText, type Outputs, writeAtomically } from './files'
import { nodeDigest } from './host'
import { readNamedDigits } from './named-digits'
import { registerAssessed } from './pipeline'
import { done, type Result, usage } from './problem'
import { findVersion } from './registered-model'
import { type FileRegistry, readRegistry, type Registration, registryOutputs } from './registry'
import { evaluationOutputs, releaseStage, releaseSummary } from './release-stage'
import {
  datasetOutputs,
  gathered,
  type Job,
  measured,
  type MeasuredRun,
  modelOutputs,
  preparedOutputs,
  readPrepared,
  type Report,
  runOutputs,
} from './stages'
import { datasetSummary, runSummary } from './summary'
import { trainStage } from './train-stage'

const CHAMPION = 'champion'
/** What came of the last retraining, promoted or not. */
const RETRAINING_FILE = 'retraining.json'

/**
 * Trains the champion of `--out` again: its recipe, from the start, on its digits and those of `--feedback` or `--new-data`. The
 * gate compares both on the same test digits; the new model takes the champion's place, or nothing of it is kept but the report.
 */
export async function retrainCommand(job: Job): Promise<Result<Report>> {
  const { out, bundle } = job.line
  const name = job.resolved.params.mlflow.registered_model_name
  const registry = await readRegistry(out)
  if (!registry.ok) return registry
  const champion = findVersion(registry.value, name, CHAMPION)
  if (champion === null)
    return usage(
      'not-found',
      `${out} has no ${CHAMPION} of ${name} to retrain. Run the pipeline command with the same --out first, or import a bundle.`,
    )
  const named = await readNamedDigits(job)
  if (!named.ok) return named
  const dataset = await grown(champion, named.value, job)
  if (!dataset.ok) return dataset
  const params = await recipeFor(champion, dataset.value, job)
  if (!params.ok) return params
  const { line, signal, progress } = job
  const { resume } = line
  const trained = await trainStage({
    dataset: dataset.value,
    params: params.value,
    out,
    resume,
    signal,
    progress,
  })
  if (!trained.ok) return trained
  const made = await measured(trained.value, dataset.value, job)
  const outcome = await decide(made, champion, registry.value, dataset.value, job)
  const { run } = made
  const report = {
    dataset: datasetSummary(dataset.value),
    ...runSummary(run),
    ...releaseSummary(outcome.assessment),
    decision: outcome.registration === null ? 'discarded' : 'promoted',
    reason: outcome.reason,
    namedDigits: named.value.length,
    runId: run.id,
    parent: champion.id,
    ...placeOf(outcome.registration),
    out,
  }
  const promotion = outcome.registration && promoted(outcome.registration, made, dataset.value, job)
  await writeAtomically(
    out,
    gathered(
      promotion ?? [],
      evaluationOutputs(run.status.result.evaluation, null, outcome.assessment),
      [[RETRAINING_FILE, jsonText(report)]],
      promotion === null ? [] : runOutputs(run),
    ),
  )
  await removeCheckpoint(out)
  progress.say(
    `${report.decision === 'promoted' ? `Promoted ${report.version}` : 'Discarded'}: ${outcome.reason}`,
  )
  if (outcome.registration === null || bundle === null) return done(report)
  const exported = await exportCommand({ ...job, line: { ...line, version: null } })
  return exported.ok ? done({ ...report, bundle }) : exported
}

/** The champion's digits, and the named ones behind them; without any, its digits as they are. */
async function grown(
  champion: ModelVersion,
  named: readonly NamedDigit[],
  job: Job,
): Promise<Result<Dataset>> {
  const base = await readPrepared(job)
  if (!base.ok) return base
  const { record } = base.value
  if (champion.dataset !== null && champion.dataset.digest !== record.digest)
    job.progress.say(
      `These digits (${record.name}) are not those that ${champion.id} learned from; name them with --data.`,
    )
  if (named.length === 0) {
    job.progress.say(
      'No digits to add: the recipe is trained once more on the same ones, with the next seed.',
    )
    return base
  }
  const { id, name, digest, preprocess } = record
  const assembled = await assembleDataset(
    {
      name,
      source: { kind: 'feedback', digits: named.length },
      preprocess,
      now: epochMillis(Date.now()),
      derivedFrom: {
        id,
        name,
        digest,
        how: `${named.length} digits named by hand added to the training split`,
      },
      ...withFeedback(base.value, named),
    },
    nodeDigest,
  )
  return assembled.ok ? done(assembled.dataset) : usage(assembled.problem.code, assembled.problem.message)
}

/** The recipe that made the champion, where `--out` or the version still tells it, else that of the parameters with its network; `--set` goes over both. */
async function recipeFor(
  champion: ModelVersion,
  dataset: Dataset,
  { line, resolved }: Job,
): Promise<Result<RecipeParams>> {
  const { params, origins } = resolved
  const run = await runIn(line.out)
  const preset = networkName(champion.network)
  if (findPreset(preset).kind !== 'found')
    return usage(
      'unsupported',
      `${champion.id} has the network ${preset}, which is no preset: it cannot be trained here.`,
    )
  const own = run !== null && run.id === runOf(champion)
  const base: RecipeParams = own
    ? { train: run.params, augment: run.augment }
    : (champion.recipe ?? { train: { ...params.train, preset }, augment: params.augment })
  const again = champion.dataset?.digest === dataset.record.digest
  const { epochs } = params.retrain
  const train = {
    ...base.train,
    ...(epochs === 0 ? {} : { epochs }),
    seed: again ? (base.train.seed + 1) % 2 ** 32 : base.train.seed,
    ...said('train', params.train, origins),
  }
  return done({ train, augment: { ...base.augment, ...said('augment', params.augment, origins) } })
}

/** The parameters of a section that the command line names. */
function said<Section extends object>(
  name: string,
  section: Section,
  origins: Job['resolved']['origins'],
): Partial<Section> {
  const entries = Object.entries(section).filter(([key]) => origins.get(`${name}.${key}`)?.layer === 'set')
  return Object.fromEntries(entries) as Partial<Section>
}

async function runIn(out: string): Promise<Run | null> {
  try {
    return JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as Run
  } catch {
    return null
  }
}

async function decide(
  { run, answers }: MeasuredRun,
  champion: ModelVersion,
  registry: FileRegistry,
  dataset: Dataset,
  job: Job,
) {
  const model = job.resolved.params.mlflow.registered_model_name
  const { evaluation, weightsSha256 } = run.status.result
  const candidate = { weightsSha256, evaluation, answers }
  const assessment = await releaseStage(candidate, dataset, registry, model, job)
  const own = registry.versions.filter((version) => version.model === model)
  const twin = twinOf(own, weightsSha256)
  if (twin !== undefined)
    return {
      assessment,
      registration: null,
      reason: `Its weights are those of ${twin.id}: nothing new was learned.`,
    }
  const stored = { assessment, override: null }
  const { allowed, reason } = succession(stored, true)
  if (!allowed) return { assessment, registration: null, reason }
  const told = { reason: `Retrained from ${champion.id}. ${reason}`, parent: champion.id, forced: true }
  return { assessment, reason, registration: await registerAssessed(registry, run, stored, job, told) }
}

function placeOf(registration: Registration | null) {
  if (registration === null) return { version: null, aliases: [], stage: null }
  const { version, aliases, registry } = registration
  return { version: version.id, aliases, stage: stageOf(registry.events, version.id) }
}

/** What a promotion leaves besides the report: the digits too, so that the next retraining builds on them. */
function promoted(
  registration: Registration,
  { run, weights, golden }: MeasuredRun,
  dataset: Dataset,
  job: Job,
): Outputs {
  return gathered(
    preparedOutputs(dataset),
    datasetOutputs(dataset),
    registryOutputs(registration, weights, golden),
    modelOutputs(run, weights, job),
  )
}
