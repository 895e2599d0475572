import type { DatasetRecord } from '../dataset/dataset'
import type { VersionId } from '../ids'
import type { StudioParams } from '../params/schema'
import type { ModelVersion, Run } from '../registry/records'
import { isEnded, type EndedRun } from '../registry/run'
import type { StoredAssessment } from '../release/assessment'
import type { RecipeParams } from '../training/recipe'
import type { Fingerprint, PipelineSettings, StageRecord, StageRecords } from './stages'

/** What is stored that tells of past executions: no stage keeps a record of its own. */
export interface PipelineFacts {
  readonly dataset: DatasetRecord | null
  /** Newest first, without deleted ones. */
  readonly runs: readonly Run[]
  /** Newest first. */
  readonly assessments: readonly StoredAssessment[]
  /** Of the pipeline's model, newest first. */
  readonly versions: readonly ModelVersion[]
  /** Whom the champion's alias names; null for nobody. */
  readonly champion: VersionId | null
}

/** These parameters change the time a run takes, and no bit of what it makes. */
const WITHOUT_EFFECT = new Set(['train.threads'])

/**
 * What the stages are told now, and what was made before, by the parameters in hand and what is stored.
 *
 * @param params the recipe that would be trained, the preprocessing and the thresholds
 */
export function pipelineInputs(
  facts: PipelineFacts,
  params: Pick<StudioParams, 'train' | 'augment' | 'mnist' | 'release'>,
): { readonly settings: PipelineSettings; readonly records: StageRecords } {
  const { dataset, assessments, versions } = facts
  const ended = facts.runs.filter(isEnded).filter((run) => run.status.state === 'completed')
  // A change is told against what the pipeline itself made last; what a person made by hand serves as well.
  const runs = [...ended.filter(byPipeline), ...ended.filter((run) => !byPipeline(run))]
  const settings: PipelineSettings = {
    preprocess: {
      digits: dataset?.digest ?? null,
      'mnist.normalize_mean': params.mnist.normalize_mean,
      'mnist.normalize_std': params.mnist.normalize_std,
    },
    train: recipeInputs(params),
    evaluate: {},
    gate: { ...releaseInputs(params.release), champion: facts.champion },
    register: {},
  }
  const own = new Set(versions.filter(({ id }) => id === facts.champion).map((entry) => entry.weightsSha256))
  return {
    settings,
    records: {
      preprocess: dataset === null ? [] : [preparedRecord(dataset)],
      train: runs.map(trainRecord),
      evaluate: runs.map(evaluateRecord),
      gate: assessments.map((stored) => gateRecord(stored, own.has(stored.weightsSha256))),
      register: versions.map(registerRecord),
    },
  }
}

function byPipeline({ origin }: Run): boolean {
  return origin?.kind === 'pipeline'
}

/** All parameters of a recipe that decide its weights, by path. */
export function recipeInputs({ train, augment }: RecipeParams): Fingerprint {
  const entries = Object.entries<Readonly<Record<string, Fingerprint[string]>>>({ train, augment })
  return Object.fromEntries(
    entries
      .flatMap(([section, values]) =>
        Object.entries(values).map(([key, value]) => [`${section}.${key}`, value] as const),
      )
      .filter(([path]) => !WITHOUT_EFFECT.has(path)),
  )
}

function releaseInputs(release: StudioParams['release']): Fingerprint {
  return Object.fromEntries(Object.entries(release).map(([key, value]) => [`release.${key}`, value]))
}

/** A stored dataset was prepared when it was stored: its record holds what it was prepared with. */
function preparedRecord({ id, name, digest, test, preprocess, createdAt }: DatasetRecord): StageRecord {
  const { mean, std } = preprocess
  return {
    inputs: { digits: digest, 'mnist.normalize_mean': mean, 'mnist.normalize_std': std },
    outputs: { digits: digest, mean, deviation: std, 'test digits': test.digest },
    product: { kind: 'dataset', id, name },
    at: createdAt,
    seconds: null,
  }
}

function trainRecord(run: EndedRun): StageRecord {
  const { id, name, dataset, preprocess, params, augment, status } = run
  const { weightsSha256, evaluation } = status.result
  return {
    inputs: {
      ...recipeInputs({ train: params, augment }),
      digits: dataset.digest,
      mean: preprocess.mean,
      deviation: preprocess.std,
    },
    outputs: { weights: weightsSha256 },
    product: { kind: 'run', id, name, accuracy: evaluation.accuracy },
    at: status.endedAt,
    seconds: status.result.trainSeconds,
  }
}

/** A run ends with being measured on its test digits. */
function evaluateRecord(run: EndedRun): StageRecord {
  const { weightsSha256, evaluation, trainSeconds } = run.status.result
  const { startedAt, endedAt } = run.status
  return {
    inputs: { weights: weightsSha256, 'test digits': evaluation.splitDigest },
    outputs: {},
    product: { kind: 'run', id: run.id, name: run.name, accuracy: evaluation.accuracy },
    at: endedAt,
    // Of a run that was never taken up again, what was not training: planning, and this.
    seconds: run.resumes === undefined ? Math.max(0, (endedAt - startedAt) / 1000 - trainSeconds) : null,
  }
}

/** Once the assessed weights are the champion's own, whom they were compared with before is no longer asked. */
function gateRecord(
  { id, at, weightsSha256, assessment, override }: StoredAssessment,
  own: boolean,
): StageRecord {
  const decision = override === null ? assessment.decision : 'APPROVE'
  return {
    inputs: {
      ...releaseInputs(assessment.thresholds),
      weights: weightsSha256,
      'test digits': assessment.splitDigest,
      ...(own ? {} : { champion: assessment.champion?.versionId ?? null }),
    },
    outputs: { decision },
    product: { kind: 'assessment', id, decision },
    at,
    seconds: null,
  }
}

function registerRecord({ id, version, weightsSha256, createdAt }: ModelVersion): StageRecord {
  return {
    inputs: { weights: weightsSha256 },
    outputs: {},
    product: { kind: 'version', id, version },
    at: createdAt,
    seconds: null,
  }
}
