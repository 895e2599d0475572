/**
 * The numerical oracle: what a training step must compute, by tfjs autodiff on its cpu backend. Slow (about ten images a second
 * on the default preset) and independent of the studio's own engines, which are tested against it.
 */
import * as tf from '@tensorflow/tfjs'
import type { Preprocess } from '../../../src/domain/image/preprocess'
import { normalisationTable } from '../../../src/domain/image/preprocess'
import type { ParameterTable } from '../../../src/domain/model/parameters'
import { findTensor, parameterTable } from '../../../src/domain/model/parameters'
import { shapeSize } from '../../../src/domain/model/shapes'
import type { ModelSpec } from '../../../src/domain/model/spec'
import { dropoutFactors } from '../../../src/domain/training/dropout'
import type { DropoutFactors, TensorLookup } from './layers'
import { forward } from './layers'

/** One batch: count × height·width·channels bytes, and a label byte an image. */
export interface OracleBatch {
  readonly images: Uint8Array
  readonly labels: Uint8Array
}

export interface OracleModel {
  readonly spec: ModelSpec
  /** Flat, laid out by `parameterTable`. Never changed. */
  readonly weights: Float32Array
  readonly preprocess: Preprocess
}

export interface OracleStep {
  /** Mean negative log-likelihood in nats. */
  readonly loss: number
  /** batch × classes. */
  readonly logits: Float32Array
  /** Of the loss, for every trainable value. */
  readonly gradient: Float32Array
  /** The running statistics after the batch: positions trainable … total − 1 of the flat array. */
  readonly runningAfter: Float32Array
}

export interface OracleTraining {
  /** What each step computed before its update. */
  readonly steps: readonly OracleStep[]
  /** After the last step: the flat array, and the momentum of each trainable value. */
  readonly weights: Float32Array
  readonly momentum: Float32Array
}

/** torch.optim.SGD without dampening and Nesterov momentum. */
export interface OracleOptimizer {
  readonly learningRate: number
  readonly momentum: number
  readonly weightDecay: number
}

/**
 * Forward and backward of one training batch, without an update.
 *
 * @throws RangeError when sizes do not match the model
 */
export async function oracleStep(
  model: OracleModel,
  batch: OracleBatch,
  dropout: DropoutFactors,
): Promise<OracleStep> {
  await openCpuBackend()
  const table = parameterTable(model.spec)
  requireSizes(model, table, batch)
  return tf.tidy(() => {
    const images = imageTensor(model, batch.images)
    const runningAfter = new Float32Array(table.total - table.trainable)
    const trainable = table.tensors.filter(({ offset }) => offset < table.trainable)
    const seen: { logits: Float32Array | null } = { logits: null }

    const lossOf = (...parameters: tf.Tensor[]): tf.Scalar => {
      const logits = forward(model.spec, lookup(model, table, parameters), images, {
        convolution: 'matrix',
        dropout,
        keepRunning: (layer, mean, variance) => {
          const { offset } = findTensor(table, layer, 'running-mean')
          runningAfter.set(values(mean), offset - table.trainable)
          runningAfter.set(
            values(variance),
            findTensor(table, layer, 'running-variance').offset - table.trainable,
          )
        },
      })
      seen.logits = values(logits)
      return negativeLogLikelihood(logits, batch.labels)
    }
    const { value, grads } = tf.valueAndGrads(lossOf)(
      trainable.map(({ offset, size, shape }) =>
        tf.tensor(model.weights.subarray(offset, offset + size), [...shape]),
      ),
    )

    const gradient = new Float32Array(table.trainable)
    for (const [index, tensor] of trainable.entries()) {
      const found = grads[index]
      if (found !== undefined) gradient.set(values(found), tensor.offset)
    }
    const [loss] = values(value)
    if (loss === undefined || seen.logits === null) throw new Error('the oracle computed no loss')
    return { loss, logits: seen.logits, gradient, runningAfter }
  })
}

/** Inference with running statistics: count × classes logits. @throws RangeError when sizes do not match the model. */
export async function oraclePredict(model: OracleModel, images: Uint8Array): Promise<Float32Array> {
  await openCpuBackend()
  const table = parameterTable(model.spec)
  requireSizes(model, table, { images, labels: null })
  return tf.tidy(() =>
    values(
      forward(model.spec, lookup(model, table, []), imageTensor(model, images), {
        convolution: 'matrix',
        dropout: null,
        keepRunning: () => {
          throw new Error('inference has no batch statistics')
        },
      }),
    ),
  )
}

/**
 * One SGD step an entry of `batches`. PyTorch's rule: g ← gradient + weightDecay·w; v ← momentum·v + g; w ← w − learningRate·v,
 * every operation rounded to float32.
 *
 * @param dropoutOf the masks of a step, counted from 0
 * @param momentum of each trainable value before the first step; zeros when omitted
 */
export async function oracleTrain(
  model: OracleModel,
  batches: readonly OracleBatch[],
  optimizer: OracleOptimizer,
  dropoutOf: (step: number) => DropoutFactors,
  momentum?: Float32Array,
): Promise<OracleTraining> {
  const { trainable } = parameterTable(model.spec)
  const weights = model.weights.slice()
  const velocity = momentum === undefined ? new Float32Array(trainable) : momentum.slice()
  const steps: OracleStep[] = []
  for (const [step, batch] of batches.entries()) {
    const taken = await oracleStep({ ...model, weights }, batch, dropoutOf(step))
    steps.push(taken)
    for (const [index, slope] of taken.gradient.entries()) {
      const weight = weights[index] ?? 0
      const pull = Math.fround(slope + Math.fround(Math.fround(optimizer.weightDecay) * weight))
      const speed = Math.fround(Math.fround(Math.fround(optimizer.momentum) * (velocity[index] ?? 0)) + pull)
      velocity[index] = speed
      weights[index] = weight - Math.fround(Math.fround(optimizer.learningRate) * speed)
    }
    weights.set(taken.runningAfter, trainable)
  }
  return { steps, weights, momentum: velocity }
}

/** The studio's dropout: the values that every engine drops in this step of a run with this seed. */
export function studioDropout(seed: number, step: number): DropoutFactors {
  return (layer, rate, batch, shape) => dropoutFactors({ seed, step, layer, rate }, batch, shape)
}

/** Tensors that tfjs holds now, for leak checks. */
export function oracleTensorCount(): number {
  return tf.memory().numTensors
}

async function openCpuBackend(): Promise<void> {
  // tfjs's own switch for tests: it checks every kernel for leaked tensors, and keeps quiet about faster native packages.
  tf.env().set('IS_TEST', true)
  if (!(await tf.setBackend('cpu'))) throw new Error('tfjs could not open its cpu backend')
}

function lookup(model: OracleModel, table: ParameterTable, parameters: readonly tf.Tensor[]): TensorLookup {
  return (layer, role) => {
    const tensor = findTensor(table, layer, role)
    const { offset, size, shape } = tensor
    return (
      parameters[table.tensors.indexOf(tensor)] ??
      tf.tensor(model.weights.subarray(offset, offset + size), [...shape])
    )
  }
}

function imageTensor({ spec, preprocess }: OracleModel, bytes: Uint8Array): tf.Tensor4D {
  const { height, width, channels } = spec.input
  const table = normalisationTable(preprocess)
  const pixels = Float32Array.from(bytes, (byte) => table[byte] ?? Number.NaN)
  return tf.tensor4d(pixels, [bytes.length / shapeSize(spec.input), height, width, channels])
}

function negativeLogLikelihood(logits: tf.Tensor2D, labels: Uint8Array): tf.Scalar {
  const chosen = tf.oneHot(tf.tensor1d(labels, 'int32'), logits.shape[1])
  return tf.logSoftmax(logits).mul(chosen).sum().div(-labels.length)
}

function values(tensor: tf.Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync())
}

function requireSizes(
  { spec, weights }: OracleModel,
  table: ParameterTable,
  { images, labels }: { readonly images: Uint8Array; readonly labels: Uint8Array | null },
): void {
  if (weights.length !== table.total)
    throw new RangeError(`${spec.name} has ${table.total} values, found ${weights.length} weights`)
  const count = images.length / shapeSize(spec.input)
  if (!Number.isInteger(count) || count === 0)
    throw new RangeError(
      `images must hold whole images of ${shapeSize(spec.input)} bytes, found ${images.length}`,
    )
  if (labels !== null && labels.length !== count)
    throw new RangeError(`${count} images need as many labels, found ${labels.length}`)
}
