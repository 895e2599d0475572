import type { AssessmentId, DatasetId, EpochMillis, RunId, VersionId } from '../ids'

/** The stages from digits to a registered model, in the order in which they run. */
export const STAGES = ['preprocess', 'train', 'evaluate', 'gate', 'register'] as const

export type StageName = (typeof STAGES)[number]

/** What decides a stage's result, by name: parameters under their path, digests under what they are the digest of. */
export type Fingerprint = Readonly<Record<string, string | number | boolean | null>>

/** A stage as data: what it takes of the stages before it, besides what it is told from outside. */
export interface StageDefinition {
  readonly title: string
  /** One line for people. */
  readonly does: string
  readonly after: readonly StageName[]
  /** Names of outputs of earlier stages. */
  readonly takes: readonly string[]
}

export const STAGE_DEFINITIONS: Readonly<Record<StageName, StageDefinition>> = {
  preprocess: {
    title: 'Preprocess',
    does: 'Digits are checked and profiled, and get their mean and deviation',
    after: [],
    takes: [],
  },
  train: {
    title: 'Train',
    does: 'A network learns the training digits by the recipe',
    after: ['preprocess'],
    takes: ['digits', 'mean', 'deviation'],
  },
  evaluate: {
    title: 'Evaluate',
    does: 'The weights read the test digits, which nothing was chosen by',
    after: ['preprocess', 'train'],
    takes: ['weights', 'test digits'],
  },
  gate: {
    title: 'Gate',
    does: 'Eight thresholds decide, and the champion reads the same digits',
    after: ['evaluate'],
    takes: ['weights', 'test digits'],
  },
  register: {
    title: 'Register',
    does: 'An approved model becomes a version, and goes into service',
    after: ['gate'],
    takes: ['weights', 'decision'],
  },
}

/** What a stage made, as it is stored. */
export type StageProduct =
  | { readonly kind: 'dataset'; readonly id: DatasetId; readonly name: string }
  | { readonly kind: 'run'; readonly id: RunId; readonly name: string; readonly accuracy: number }
  | { readonly kind: 'assessment'; readonly id: AssessmentId; readonly decision: 'APPROVE' | 'REJECT' }
  | { readonly kind: 'version'; readonly id: VersionId; readonly version: number }

/** One past execution of a stage: what it was given, and what came of it. */
export interface StageRecord {
  readonly inputs: Fingerprint
  /** What later stages take of it. */
  readonly outputs: Fingerprint
  readonly product: StageProduct
  readonly at: EpochMillis
  /** How long it took; null where that was not kept. */
  readonly seconds: number | null
}

/** Past executions by stage; the one that a change is told against comes first. */
export type StageRecords = Readonly<Record<StageName, readonly StageRecord[]>>

/** What each stage is told from outside: parameters, the chosen digits, the model in service. */
export type PipelineSettings = Readonly<Record<StageName, Fingerprint>>
