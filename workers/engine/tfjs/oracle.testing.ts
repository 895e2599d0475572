/**
 * The numerical oracle of the other engines: what tfjs on its cpu backend makes of given weights. About ten images a second on the
 * default preset, so that a gradient is worked out once and every recipe's step made of it.
 */
import * as tf from '@tensorflow/tfjs'
import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import type { Preprocess } from '../../../src/domain/image/preprocess'
import { parameterTable } from '../../../src/domain/model/parameters'
import type { ModelSpec } from '../../../src/domain/model/spec'
import type { EngineState, StepOptions, StepResult, TrainingJob } from '../contract'
import { jobOf } from '../job.testing'
import { nodeHost } from '../node-host.testing'
import { openBackend } from './backend'
import { imageTensor, stageBatch } from './batch'
import { packed, stateFrom, tensorsOf, unpacked, weightsFrom } from './state'
import { differentiate, infer, type Network } from './step'
import { createTfjsTrainingEngine } from './training'
import { nextState } from './update'

/** A network with its weights. */
export interface OracleModel {
  readonly spec: ModelSpec
  /** Flat, laid out by `parameterTable`. Never changed. */
  readonly weights: Float32Array
  readonly preprocess: Preprocess
}

export interface OracleBatch {
  readonly data: LabelledImages
  readonly indices: Uint32Array
  readonly options: StepOptions
}

export interface OracleStep {
  /** Mean negative log-likelihood in nats. */
  readonly loss: number
  /** batch × classes. */
  readonly logits: Float32Array
  /** Of the loss, for every trainable value. */
  readonly gradient: Float32Array
  readonly gradientNorm: number
  /** The running statistics after the batch: positions trainable … total − 1 of the flat array. */
  readonly running: Float32Array
}

/** Forward and backward of one batch, with the loss of unchanged labels. */
export async function oracleStep(
  { spec, weights, preprocess }: OracleModel,
  { data, indices, options }: OracleBatch,
): Promise<OracleStep> {
  const network = networkOf(spec)
  const { trainable, total } = network.table
  const values = await onCpu(() => {
    const job = jobOf(spec, indices.length, {}, preprocess)
    const batch = stageBatch(job, data, indices, options)
    const taken = differentiate(network, weightsFrom(weights, trainable), batch)
    const norm = tf.norm(taken.gradient)
    return tf.concat([taken.loss.as1D(), norm.as1D(), taken.gradient, taken.running, taken.logits.as1D()])
  })
  return {
    loss: values[0] ?? Number.NaN,
    gradientNorm: values[1] ?? Number.NaN,
    gradient: values.slice(2, 2 + trainable),
    running: values.slice(2 + trainable, 2 + total),
    logits: values.slice(2 + total),
  }
}

/** What a recipe makes of a step, from a state whose weights are those the step began with. */
export function oracleUpdate(
  { spec, recipe }: Pick<TrainingJob, 'spec' | 'recipe'>,
  before: EngineState,
  { gradient, gradientNorm, running }: OracleStep,
  options: StepOptions,
): Promise<EngineState> {
  const { table } = networkOf(spec)
  return onCpu(() => {
    const state = stateFrom(before, table, recipe)
    const taken = { gradient: tf.tensor1d(gradient), running: tf.tensor1d(running) }
    const after = packed(nextState(state, taken, tf.scalar(gradientNorm), recipe, options))
    tf.dispose(tensorsOf(state))
    return after
  }).then((values) => unpacked(values, table, recipe))
}

/** A whole training by the engine itself. */
export async function oracleTrain(
  job: TrainingJob,
  before: EngineState,
  data: LabelledImages,
  indices: Uint32Array,
  steps: readonly StepOptions[],
): Promise<{ readonly results: readonly StepResult[]; readonly state: EngineState }> {
  const engine = await createTfjsTrainingEngine(job, 'cpu', nodeHost)
  try {
    await engine.attach(data)
    await engine.writeState(before)
    return { results: await engine.run(indices, steps), state: await engine.readState() }
  } finally {
    engine.dispose()
  }
}

/** Inference with running statistics: count × classes logits. */
export function oraclePredict(
  { spec, weights, preprocess }: OracleModel,
  images: Uint8Array,
): Promise<Float32Array> {
  const network = networkOf(spec)
  return onCpu(() =>
    infer(network, weightsFrom(weights, network.table.trainable), imageTensor(spec, preprocess, images)),
  )
}

function networkOf(spec: ModelSpec): Network {
  return { spec, table: parameterTable(spec), convolution: 'matrix' }
}

async function onCpu(work: () => tf.Tensor): Promise<Float32Array> {
  const backend = await openBackend('cpu', nodeHost)
  try {
    return await backend.compute(work)
  } finally {
    backend.close()
  }
}
