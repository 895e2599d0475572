import type { Sha256 } from '../../src/domain/ids'
import type { EngineRecord } from '../../src/domain/registry/records'
import type { LabelledImages } from '../../src/domain/dataset/dataset'
import type { Preprocess } from '../../src/domain/image/preprocess'
import type { ModelSpec } from '../../src/domain/model/spec'
import type { ThreadStart } from './wasm/thread'

/** One more thread for the engine. */
export interface EngineThread {
  /** Resolves when it can take work; rejects when it cannot start. */
  readonly ready: Promise<void>
  end(): void
}

/** Whether threads can share memory here, and how one is started. */
export type ThreadSupport =
  | {
      readonly kind: 'threads'
      /** Threads this machine runs at once. */
      readonly processors: number
      /** Starts a thread that runs `serveThread`. `lost` is told, with the reason, when it ends of itself. */
      readonly spawn: (start: ThreadStart, lost: (reason: string) => void) => EngineThread
    }
  | { readonly kind: 'none'; readonly reason: string }

/** How a host (worker or Node) hands the compiled kernels to the engine. */
export interface EngineHost {
  /** Compiles the kernels' WebAssembly module of one build. */
  readonly loadKernels: (build: EngineRecord['build']) => Promise<WebAssembly.Module>
  /** SHA-256 of some bytes. */
  readonly digest: (bytes: Uint8Array) => Promise<Sha256>
  /** Monotonic milliseconds (`performance.now`). */
  readonly now: () => number
  /** Lets pending messages in (a macrotask); called between steps a few times a second. */
  readonly breathe: () => Promise<void>
  readonly threads: ThreadSupport
}

/** The numbers of one optimizer step. */
export interface StepOptions {
  readonly learningRate: number
  readonly momentum: number
  readonly weightDecay: number
  /** The run's seed, and the step counted from the run's first: together they key the dropout masks. */
  readonly seed: number
  readonly step: number
}

export interface StepResult {
  /** Mean batch loss in nats. */
  readonly loss: number
  readonly correct: number
}

/** Trains one model; owns its memory. Batches are full: `indices.length` is the plan's batch. */
export interface TrainingEngine {
  /** How it computes; changes when it must go on with fewer threads. */
  readonly record: EngineRecord
  readonly batch: number
  /** Flat weights by `parameterTable` (copied in, copied out). */
  writeWeights(weights: Float32Array): void
  readWeights(): Float32Array
  /** Optimizer state: for SGD the momentum of each trainable value. */
  writeOptimizer(state: Float32Array): void
  readOptimizer(): Float32Array
  /** One whole step: forward, loss, backward, update. */
  step(data: LabelledImages, indices: Uint32Array, options: StepOptions): Promise<StepResult>
  /** Forward and backward without update, for tests: mean loss, logits (batch × 10) and the gradient of every trainable value. */
  gradients(
    data: LabelledImages,
    indices: Uint32Array,
    options: StepOptions,
  ): Promise<{ loss: number; logits: Float32Array; gradient: Float32Array }>
  dispose(): void
}

/** Answers with one model, running statistics in place of the batch's. */
export interface Predictor {
  readonly record: EngineRecord
  /** `images`: count × 784 bytes → count × 10 logits. */
  predict(images: Uint8Array): Promise<Float32Array>
  dispose(): void
}

export type CreateTrainingEngine = (
  spec: ModelSpec,
  batch: number,
  preprocess: Preprocess,
  host: EngineHost,
  /** 0: as many as the machine runs at once. The number changes no bit. */
  threads: number,
  /** The build to go on with what it began; without one, the best that the host compiles. */
  build?: EngineRecord['build'],
) => Promise<TrainingEngine>

export type CreatePredictor = (
  spec: ModelSpec,
  weights: Float32Array,
  preprocess: Preprocess,
  host: EngineHost,
) => Promise<Predictor>
