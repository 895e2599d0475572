import type { Sha256 } from '../../src/domain/ids'
import type { EngineRecord, WasmRecord } from '../../src/domain/registry/records'
import type { LabelledImages } from '../../src/domain/dataset/dataset'
import type { Preprocess } from '../../src/domain/image/preprocess'
import type { ModelSpec } from '../../src/domain/model/spec'
import type { TrainParams } from '../../src/domain/params/schema'
import type { StepProfile } from '../../src/domain/training/events'
import type { Recipe } from '../../src/domain/training/recipe'
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

/** A GPU to compute on, or why there is none. The device is the asker's: it destroys it. */
export type GpuSupport =
  | {
      readonly kind: 'gpu'
      readonly device: GPUDevice
      readonly info: GPUAdapterInfo
      /** A software adapter: right, and slow. */
      readonly software: boolean
    }
  | { readonly kind: 'none'; readonly reason: string }

/** What an engine found out about this machine and would rather not find out again. Forgetting costs time, no bits of a run. */
export interface EngineMemory {
  read(key: string): Promise<string | null>
  write(key: string, value: string): Promise<void>
}

/** What a host (worker or Node) gives the engine. */
export interface EngineHost {
  /** Compiles the kernels' WebAssembly module of one build. */
  readonly loadKernels: (build: WasmRecord['build']) => Promise<WebAssembly.Module>
  /** SHA-256 of some bytes. */
  readonly digest: (bytes: Uint8Array) => Promise<Sha256>
  /** Monotonic milliseconds (`performance.now`). */
  readonly now: () => number
  /** Lets pending messages in (a macrotask); called between steps a few times a second. */
  readonly breathe: () => Promise<void>
  readonly threads: ThreadSupport
  /** Asks for a new device with the features and limits that the adapter has; asked again after a loss. */
  readonly requestGpu: () => Promise<GpuSupport>
  readonly memory: EngineMemory
}

/** What an engine is made for. */
export interface TrainingJob {
  readonly spec: ModelSpec
  readonly batch: number
  readonly preprocess: Preprocess
  readonly recipe: Recipe
}

/** Which engine is wanted. */
export interface EngineChoice {
  /** `auto`: a real GPU where there is one, else the processor. */
  readonly engine: TrainParams['engine']
  /** Of the processor; 0: as many as the machine runs at once. The number changes no bit. */
  readonly threads: number
  readonly convolution: TrainParams['convolution']
  readonly mixedPrecision: boolean
  /** Goes on with what began so: the same kind, build, adapter and tiles, or a failure that says what is missing. */
  readonly like: EngineRecord | null
}

/** The numbers of one optimizer step. Seed and step key everything random in it. */
export interface StepOptions {
  readonly learningRate: number
  readonly seed: number
  /** Counted from the run's first, which is 0. */
  readonly step: number
}

export interface StepResult {
  /** Mean batch loss in nats, label smoothing included. */
  readonly loss: number
  readonly correct: number
  /** Global norm of the gradient before clipping, weight decay left out. */
  readonly gradientNorm: number
}

/** What an engine carries from step to step. */
export interface EngineState {
  /** Flat, by `parameterTable`. */
  readonly weights: Float32Array
  /** `optimizerSlots(recipe.optimizer)` × the trainable values, one slot after the other. */
  readonly optimizer: Float32Array
  /** As long as the weights; null when the recipe keeps no average. */
  readonly average: Float32Array | null
}

/** The engine lost what it computes with in the middle of its work: another one has to go on from the last checkpoint. */
export class EngineLostError extends Error {
  /** `lost`: a new device may do; `hung`: the device answers no more. */
  readonly loss: 'lost' | 'hung'

  constructor(loss: 'lost' | 'hung', message: string) {
    super(message)
    this.name = 'EngineLostError'
    this.loss = loss
  }
}

/** The machine has not enough memory for this model and batch; a smaller batch may do. */
export class OutOfMemoryError extends RangeError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OutOfMemoryError'
  }
}

/** The engine asked for cannot be had here. */
export class EngineUnavailableError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'EngineUnavailableError'
  }
}

/** Threads and convolutions as in training, and an engine whose kernels to take. Single digits need one thread only. */
export type PredictorChoice = Pick<EngineChoice, 'threads' | 'convolution' | 'like'>

/** Trains one model; owns its memory. Batches are full: a step takes `batch` images. */
export interface TrainingEngine {
  /** How it computes; changes when it must go on with fewer threads. */
  readonly record: EngineRecord
  readonly batch: number
  /** Steps that one call of `run` should be given for the engine to be busy; 1 where a step is long. */
  readonly stepsPerRun: number
  /** Bytes it holds. */
  readonly memoryBytes: number
  /** The images that steps' indices point into, given before the first step; kept, or copied to the device, until the end. */
  attach(data: LabelledImages): Promise<void>
  /** Copied in. @throws RangeError when a part has another length than the model and recipe need */
  writeState(state: EngineState): Promise<void>
  /** Copied out, after all steps asked for so far. */
  readState(): Promise<EngineState>
  /**
   * Runs steps one after the other: augment, forward, loss, backward, clip, update, average. May be called again before the
   * promise resolves; results come in order. Images of step i: `indices[i·batch … (i+1)·batch − 1]`.
   * @throws EngineLostError when the device is gone or hangs
   */
  run(indices: Uint32Array, steps: readonly StepOptions[]): Promise<readonly StepResult[]>
  /** One step of the same bits with its operations timed one by one; null where the engine cannot. */
  profile(
    indices: Uint32Array,
    step: StepOptions,
  ): Promise<{ result: StepResult; profile: StepProfile } | null>
  /**
   * Forward and backward without update, for tests: mean loss, logits (batch × 10) and the gradient of every trainable value,
   * neither clipped nor decayed. Leaves the state as it was.
   */
  gradients(
    indices: Uint32Array,
    step: StepOptions,
  ): Promise<{ loss: number; logits: Float32Array; gradient: Float32Array }>
  dispose(): void
}

/** Answers with one model, running statistics in place of the batch's. */
export interface Predictor {
  /** How it computes; changes when it must go on with fewer threads. */
  readonly record: EngineRecord
  /** Other weights of the same model, copied in: cheaper than another predictor. @throws RangeError when they do not fit it */
  writeWeights(weights: Float32Array): Promise<void>
  /** `images`: count × 784 bytes → count × 10 logits. */
  predict(images: Uint8Array): Promise<Float32Array>
  dispose(): void
}

export type CreateTrainingEngine = (
  job: TrainingJob,
  host: EngineHost,
  choice: EngineChoice,
) => Promise<TrainingEngine>

export type CreatePredictor = (
  spec: ModelSpec,
  weights: Float32Array,
  preprocess: Preprocess,
  host: EngineHost,
  choice: PredictorChoice,
) => Promise<Predictor>
