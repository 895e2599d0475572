import * as tf from '@tensorflow/tfjs'
import { findTensor, type ParameterTable } from '../../../src/domain/model/parameters'
import type { ModelSpec } from '../../../src/domain/model/spec'
import {
  forward,
  type ConvolutionKind,
  type DropoutFactors,
  type ForwardMode,
  type TensorLookup,
} from './layers'

export interface Network {
  readonly spec: ModelSpec
  readonly table: ParameterTable
  readonly convolution: ConvolutionKind
}

/** The flat array of `parameterTable` in its two parts. */
export interface Weights {
  readonly trainable: tf.Tensor1D
  /** Running statistics; empty without batch normalisation. */
  readonly running: tf.Tensor1D
}

export interface Batch {
  /** batch × height × width × channels, normalised. */
  readonly images: tf.Tensor4D
  /** batch × classes: the share of each class, summing to 1. */
  readonly targets: tf.Tensor2D
  readonly dropout: DropoutFactors
}

/** What a batch makes of the weights. */
export interface Differentiated {
  /** Mean cross-entropy in nats. */
  readonly loss: tf.Scalar
  /** How many images are answered with their label. */
  readonly right: tf.Scalar
  /** batch × classes. */
  readonly logits: tf.Tensor2D
  /** Of the loss, for every trainable value. */
  readonly gradient: tf.Tensor1D
  /** The running statistics after the batch. */
  readonly running: tf.Tensor1D
}

/** Forward and backward of one batch by tfjs's automatic differentiation. To be called inside `tf.tidy`. */
export function differentiate(network: Network, weights: Weights, batch: Batch): Differentiated {
  const { spec, table, convolution } = network
  const parameters = table.tensors.filter(({ offset }) => offset < table.trainable)
  const running = new Map<number, tf.Tensor>()
  // What is made while tfjs follows the operations is gone afterwards, unless it is kept.
  const kept: { logits: tf.Tensor2D | null } = { logits: null }
  const mode: ForwardMode = {
    convolution,
    dropout: batch.dropout,
    keepRunning(layer, mean, variance) {
      running.set(findTensor(table, layer, 'running-mean').offset, tf.keep(mean))
      running.set(findTensor(table, layer, 'running-variance').offset, tf.keep(variance))
    },
  }
  const fixed = lookUp(network, weights)
  const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
    const tensors: TensorLookup = (layer, role) =>
      values[parameters.findIndex((one) => one.layer === layer && one.role === role)] ?? fixed(layer, role)
    const logits = tf.keep(forward(spec, tensors, batch.images, mode))
    kept.logits = logits
    return tf.logSoftmax(logits).mul(batch.targets).sum().div(-batch.targets.shape[0])
  }
  const { value, grads } = tf.valueAndGrads(lossOf)(parameters.map(({ layer, role }) => fixed(layer, role)))
  const { logits } = kept
  if (logits === null) throw new Error('tfjs gave a loss without logits')
  const statistics = [...running].sort(([a], [b]) => a - b).map(([, tensor]) => tensor)
  const result: Differentiated = {
    loss: value,
    right: logits.argMax(1).equal(batch.targets.argMax(1)).cast('float32').sum<tf.Scalar>(),
    logits: logits.clone(),
    gradient: flat(grads),
    running: flat(statistics),
  }
  tf.dispose([logits, ...statistics])
  return result
}

/** Logits with running statistics and without dropout. To be called inside `tf.tidy`. */
export function infer(network: Network, weights: Weights, images: tf.Tensor4D): tf.Tensor2D {
  return forward(network.spec, lookUp(network, weights), images, {
    convolution: network.convolution,
    dropout: null,
    keepRunning: () => {
      throw new Error('inference has no batch statistics')
    },
  })
}

/** Each tensor cut out of the flat arrays, once. */
function lookUp({ table }: Network, { trainable, running }: Weights): TensorLookup {
  const made = new Map<string, tf.Tensor>()
  return (layer, role) => {
    const { name, offset, size, shape } = findTensor(table, layer, role)
    const tensor =
      made.get(name) ??
      (offset < table.trainable
        ? trainable.slice(offset, size)
        : running.slice(offset - table.trainable, size)
      ).reshape([...shape])
    made.set(name, tensor)
    return tensor
  }
}

function flat(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tensors.length === 0 ? tf.tensor1d([]) : tf.concat(tensors.map((tensor) => tensor.as1D()))
}
