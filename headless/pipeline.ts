import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset, DatasetRecord } from '../src/domain/dataset/dataset'
import { epochMillis, recordIdFromBytes, type AssessmentId } from '../src/domain/ids'
import { encodeGolden } from '../src/domain/metrics/golden'
import { succession } from '../src/domain/pipeline/promotion'
import { pipelineInputs } from '../src/domain/pipeline/records'
import { STAGE_DEFINITIONS, type StageName } from '../src/domain/pipeline/stages'
import type { PipelineStatus } from '../src/domain/pipeline/state'
import { nextStage, pipelineStatus } from '../src/domain/pipeline/status'
import { reasonsOf, UP_TO_DATE } from '../src/domain/pipeline/words'
import { type EndedRun, isEnded } from '../src/domain/registry/run'
import { stageOf } from '../src/domain/registry/stages'
import { twinOf } from '../src/domain/registry/versions'
import type { StoredAssessment } from '../src/domain/release/assessment'
import { removeCheckpoint } from './checkpoint'
import { evaluateStage } from './evaluate-stage'
import { jsonText, writeAtomically } from './files'
import { floatsOfBytes } from './float-bytes'
import { digestNow } from './host'
import { done, type Result } from './problem'
import {
  aliasOf,
  type FileRegistry,
  moveAlias,
  moveStage,
  readRegistry,
  registerRun,
  type Registration,
  type RegistrationOptions,
  registryOutputs,
} from './registry'
import { evaluationOutputs, releaseStage, releaseSummary } from './release-stage'
import {
  datasetOutputs,
  gathered,
  type Job,
  measured,
  modelOutputs,
  readSource,
  type Report,
  runOutputs,
  trainOn,
  WEIGHTS_FILE,
} from './stages'
import { datasetSummary, runSummary } from './summary'

const CHAMPION = 'champion'
/** The gate's last decision, by which it is known whether it must decide anew. */
const ASSESSMENT_FILE = 'assessment.json'
const DATASET_FILE = 'dataset.json'
const RUN_FILE = 'run.json'

type StageOutcome = 'ran' | 'reused' | 'held'

/**
 * preprocess → train → evaluate → gate → register. What `--out` holds of the very same inputs is used again. A model that the gate
 * rejects is not registered: that is a result, and no failure. Results take their places together at the end, the run last.
 */
export async function pipeline(job: Job): Promise<Result<Report>> {
  const { out } = job.line
  // A registry that cannot be added to is better known before training than after.
  const registry = await readRegistry(out)
  if (!registry.ok) return registry
  const dataset = await readSource(job)
  if (!dataset.ok) return dataset
  const kept = await readKept(out)
  const before = statusWith(kept, dataset.value, registry.value, job)
  tellWhatIsStale(before, job)
  const learned = await learn(before, kept, dataset.value, job)
  if (!learned.ok) return learned
  const assessed = await assess(learned.value, kept, dataset.value, registry.value, job)
  const registered = await register(learned.value, assessed.stored, registry.value, job)
  const { run } = learned.value
  const { assessment } = assessed.stored
  const outcomes: Readonly<Record<StageName, StageOutcome>> = {
    preprocess: sameDigits(kept.dataset, dataset.value.record) ? 'reused' : 'ran',
    train: learned.value.reused ? 'reused' : 'ran',
    evaluate: learned.value.reused ? 'reused' : 'ran',
    gate: assessed.reused ? 'reused' : 'ran',
    register: registered.outcome,
  }
  if (Object.values(outcomes).includes('ran'))
    await writeAtomically(
      out,
      gathered(
        datasetOutputs(dataset.value),
        registered.outputs,
        modelOutputs(run, learned.value.weights, job),
        evaluationOutputs(run.status.result.evaluation, null, assessment),
        [[ASSESSMENT_FILE, jsonText(assessed.stored)]],
        runOutputs(run),
      ),
    )
  await removeCheckpoint(out)
  const { version, registry: after } = registered
  return done({
    dataset: datasetSummary(dataset.value),
    ...runSummary(run),
    ...releaseSummary(assessment),
    runId: run.id,
    version,
    aliases: after.aliases.filter(({ versionId }) => versionId === version).map(({ alias }) => alias),
    stage: version === null ? null : stageOf(after.events, version),
    stages: outcomes,
    out,
  })
}

/** What an earlier command left; null for what is missing, or not what it says it is. */
interface Kept {
  readonly dataset: DatasetRecord | null
  readonly model: { readonly run: EndedRun; readonly weights: Uint8Array } | null
  readonly assessment: StoredAssessment | null
}

async function readKept(out: string): Promise<Kept> {
  const run = await readJson<EndedRun>(join(out, RUN_FILE))
  const weights = await readIfThere(join(out, WEIGHTS_FILE))
  const whole =
    run !== null && weights !== null && isEnded(run) && digestNow(weights) === run.status.result.weightsSha256
  return {
    dataset: await readJson<DatasetRecord>(join(out, DATASET_FILE)),
    model: whole ? { run, weights } : null,
    assessment: await readJson<StoredAssessment>(join(out, ASSESSMENT_FILE)),
  }
}

async function readIfThere(file: string): Promise<Uint8Array | null> {
  try {
    return await readFile(file)
  } catch {
    return null
  }
}

/** Null also where it is no JSON: then the stage that made it runs again. */
async function readJson<Value>(file: string): Promise<Value | null> {
  const bytes = await readIfThere(file)
  if (bytes === null) return null
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Value
  } catch {
    return null
  }
}

/** The stages by what is kept, and by a run that was trained since. */
function statusWith(
  { model, assessment }: Kept,
  dataset: Dataset,
  registry: FileRegistry,
  { resolved }: Job,
): PipelineStatus {
  const name = resolved.params.mlflow.registered_model_name
  const facts = {
    dataset: dataset.record,
    runs: model === null ? [] : [model.run],
    assessments: assessment === null ? [] : [assessment],
    versions: registry.versions.filter((version) => version.model === name),
    champion: aliasOf(registry, name, CHAMPION),
  }
  const { settings, records } = pipelineInputs(facts, resolved.params)
  return pipelineStatus(settings, records)
}

function tellWhatIsStale(status: PipelineStatus, { progress }: Job): void {
  const stage = nextStage(status)
  if (stage === null) return progress.say(UP_TO_DATE)
  progress.say(`${STAGE_DEFINITIONS[stage].title}: ${reasonsOf(status[stage]).join('; ')}`)
}

function sameDigits(before: DatasetRecord | null, { digest, preprocess }: DatasetRecord): boolean {
  return before?.digest === digest && JSON.stringify(before.preprocess) === JSON.stringify(preprocess)
}

/** A measured run; its answers and golden vectors, where it was reused, only when somebody asks. */
interface Learned {
  readonly run: EndedRun
  readonly weights: Uint8Array
  readonly reused: boolean
  readonly answered: () => Promise<{ readonly answers: Uint8Array; readonly golden: Uint8Array }>
}

async function learn(
  status: PipelineStatus,
  { model }: Kept,
  dataset: Dataset,
  job: Job,
): Promise<Result<Learned>> {
  if (status.evaluate.state === 'fresh' && model !== null) {
    const { run, weights } = model
    job.progress.say(`Run ${run.name} was trained by this recipe on these digits: it is used again.`)
    return done({ run, weights, reused: true, answered: () => answerAgain(run, weights, dataset, job) })
  }
  const trained = await trainOn(dataset, job)
  if (!trained.ok) return trained
  const { run, weights, golden, answers } = await measured(trained.value, dataset, job)
  return done({ run, weights, reused: false, answered: () => Promise.resolve({ answers, golden }) })
}

async function answerAgain(run: EndedRun, weights: Uint8Array, dataset: Dataset, { progress }: Job) {
  const { spec, preprocess } = run
  const model = { spec, preprocess, weights: floatsOfBytes(weights) }
  const { predictions, golden } = await evaluateStage(model, dataset, progress)
  return { answers: predictions.labels, golden: encodeGolden(golden) }
}

async function assess(
  { run, weights, answered }: Learned,
  kept: Kept,
  dataset: Dataset,
  registry: FileRegistry,
  job: Job,
): Promise<{ readonly stored: StoredAssessment; readonly reused: boolean }> {
  const status = statusWith({ ...kept, model: { run, weights } }, dataset, registry, job)
  if (status.gate.state === 'fresh' && kept.assessment !== null)
    return { stored: kept.assessment, reused: true }
  const { weightsSha256, evaluation } = run.status.result
  const { answers } = await answered()
  const model = job.resolved.params.mlflow.registered_model_name
  const candidate = { weightsSha256, evaluation, answers }
  const assessment = await releaseStage(candidate, dataset, registry, model, job)
  const stored = { id: newId(), at: epochMillis(Date.now()), weightsSha256, assessment, override: null }
  return { stored, reused: false }
}

async function register(
  { run, weights, answered }: Learned,
  stored: StoredAssessment,
  registry: FileRegistry,
  job: Job,
) {
  const model = job.resolved.params.mlflow.registered_model_name
  const own = registry.versions.filter((version) => version.model === model)
  const twin = twinOf(own, run.status.result.weightsSha256)
  if (twin !== undefined) return { version: twin.id, outcome: 'reused', registry, outputs: [] } as const
  if (stored.assessment.decision === 'REJECT') {
    job.progress.say('The gate rejected it: nothing was registered.')
    return { version: null, outcome: 'held', registry, outputs: [] } as const
  }
  const registration = await registerAssessed(registry, run, stored, job)
  const { version, aliases } = registration
  job.progress.say(`Registered ${version.id}${aliases.map((alias) => ` as ${alias}`).join('')}`)
  const { golden } = await answered()
  const outputs = registryOutputs(registration, weights, golden)
  return { version: version.id, outcome: 'ran', registry: registration.registry, outputs } as const
}

/**
 * Registers a run that the gate let pass. One that is not worse than the champion takes its place, unless
 * `registry.promote_to_production` says otherwise; the model's first version is its champion in any case.
 */
export async function registerAssessed(
  registry: FileRegistry,
  run: EndedRun,
  stored: Pick<StoredAssessment, 'assessment' | 'override'>,
  { resolved }: Pick<Job, 'resolved'>,
  { forced = false, ...options }: Pick<RegistrationOptions, 'reason' | 'parent'> & { forced?: boolean } = {},
): Promise<Registration> {
  const { mlflow, registry: settings } = resolved.params
  const model = mlflow.registered_model_name
  const now = Date.now()
  const stands = aliasOf(registry, model, CHAMPION) !== null
  const { allowed, reason } = succession(stored, stands)
  const { assessment } = stored
  const whole = { ...options, stage: settings.default_stage, assessment }
  const registration = await registerRun(registry, model, run, CHAMPION, now, whole)
  if (!allowed || !(settings.promote_to_production || forced)) return registration
  const { id } = registration.version
  const moved = await moveAlias(registration.registry, CHAMPION, id, reason, now)
  return {
    ...registration,
    aliases: [CHAMPION],
    registry: settings.promote_to_production ? await moveStage(moved, id, 'Production', reason, now) : moved,
  }
}

function newId(): AssessmentId {
  return recordIdFromBytes(randomBytes(16))
}
