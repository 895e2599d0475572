import type { DatasetReference } from '../../src/domain/registry/records'
import type { Preprocess } from '../../src/domain/image/preprocess'
import type { Evaluation } from '../../src/domain/metrics/evaluation'
import type { Traffic } from './traffic'
import type { Gauges } from './gauges'

/** One loaded version. */
export interface ServedModel {
  readonly name: string
  /** Its number as text, as the Open Inference Protocol wants it. */
  readonly version: string
  readonly aliases: readonly string[]
  /** Of its network: a preset's, or a foreign model's. */
  readonly network: string
  readonly parameters: number
  readonly preprocess: Preprocess
  readonly evaluation: Evaluation | null
  readonly dataset: DatasetReference | null
  readonly weightsSha256: string
  /** What computes, for people. */
  readonly device: string
  /** `images`: count × 784 bytes → count × 10 logits. */
  readonly predict: (images: Uint8Array) => Promise<Float32Array>
}

/** One answer that was given, for whoever keeps them. */
export interface Answered {
  readonly model: ServedModel
  readonly label: number
  readonly confidence: number
  /** Lead of the largest logit over the second. */
  readonly margin: number
  /** From request to answer. */
  readonly milliseconds: number
  /** What the model saw: 784 bytes, valid during the call only. */
  readonly digit: Uint8Array
}

/** What a host gives the handlers. */
export interface InferenceService {
  readonly host: 'page' | 'node'
  readonly appVersion: string
  /** The first answers where a request names no version. */
  readonly models: readonly ServedModel[]
  /** Why `models` is empty, and the way out. */
  readonly missing: string
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly traffic: Traffic
  /** What the host knows beside the traffic, read when somebody asks for metrics. */
  readonly gauges: () => Promise<Gauges>
  readonly onAnswer: (answered: Answered) => void
}
