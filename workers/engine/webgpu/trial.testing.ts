/** What the WebGPU engine is asked in a browser, and what it answers. */
import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { parameterTable } from '../../../src/domain/model/parameters'
import type { StepProfile } from '../../../src/domain/training/events'
import { optimizerSlots } from '../../../src/domain/training/recipe'
import { livedInWeights, seededDigits } from '../agreement.testing'
import type { EngineState, StepOptions, StepResult, TrainingJob } from '../contract'
import type { GpuCounters, WebgpuTrainingEngine } from './engine'

export const SEED = 7
const FIRST_STEP = 3

export interface Trial {
  readonly name: string
  readonly job: TrainingJob
  readonly tiles: string
  readonly steps: number
}

export interface TrialAnswer {
  readonly name: string
  readonly record: WebgpuTrainingEngine['record']
  readonly gradients: Awaited<ReturnType<WebgpuTrainingEngine['gradients']>>
  readonly results: readonly StepResult[]
  readonly state: EngineState
  /** Of the steps alone. */
  readonly counters: GpuCounters
  /** The same steps from the same state gave the same bits, asked for one by one and all at once. */
  readonly repeats: boolean
  /** Of one more step; null without a clock. */
  readonly profile: StepProfile | null
  /** That step's figures are those of `run`. */
  readonly profileAgrees: boolean
}

export interface Losses {
  /** What steps asked for before and after `device.destroy()` were refused with. */
  readonly destroyed: readonly string[]
  readonly hung: string
  readonly tooLarge: string
}

export interface BrowserAnswer {
  readonly gpu: { readonly name: string; readonly software: boolean }
  readonly trials: readonly TrialAnswer[]
  readonly augmented: Uint8Array
  readonly losses: Losses
}

export interface BrowserQuestion {
  readonly trials: readonly Trial[]
  /** A job that augments, and one for losses. */
  readonly augmented: TrainingJob
  readonly small: TrainingJob
  /** A job beyond the default limits of memory. */
  readonly large: TrainingJob
}

export function digitsOf({ batch }: TrainingJob): LabelledImages {
  return seededDigits(4 * batch, SEED)
}

/** Not in order, so that an engine that ignores the indices is found out. */
export function indicesOf({ batch }: TrainingJob, steps: number): Uint32Array {
  return Uint32Array.from({ length: batch * steps }, (_, at) => (3 * at + 5) % (4 * batch))
}

export function stepsOf(count: number): StepOptions[] {
  return Array.from({ length: count }, (_, i) => ({ learningRate: 0.01, seed: SEED, step: FIRST_STEP + i }))
}

export function stateOf({ spec, recipe }: TrainingJob): EngineState {
  const weights = livedInWeights(spec, SEED)
  const { trainable } = parameterTable(spec)
  return {
    weights,
    // An optimizer that has seen something, so that a slot which is forgotten shows.
    optimizer: new Float32Array(optimizerSlots(recipe.optimizer) * trainable).fill(0.01),
    average: recipe.averageDecay === null ? null : weights.map((weight) => weight / 2),
  }
}
