import * as tf from '@tensorflow/tfjs'
import type { LayerSpec, ModelSpec, Shape } from '../../../src/domain/model/spec'
import { EPSILON, RUNNING_MOMENTUM } from '../../../src/domain/model/spec'
import type { ParameterTensor } from '../../../src/domain/model/parameters'

/** A model's tensors by layer and role. */
export type TensorLookup = (layer: number, role: ParameterTensor['role']) => tf.Tensor

/**
 * What dropout multiplies with: 0 for a dropped value, 1 / (1 − rate) for a kept one; batch × height × width × channels values
 * in C order. Channel dropout asks for a shape of 1 × 1 × channels.
 */
export type DropoutFactors = (layer: number, rate: number, batch: number, shape: Shape) => Float32Array

/** `matrix`: as one matrix product; `stock`: as tfjs's own convolution. */
export type ConvolutionKind = 'matrix' | 'stock'

export interface ForwardMode {
  readonly convolution: ConvolutionKind
  /** Null: inference, with running statistics and without dropout. */
  readonly dropout: DropoutFactors | null
  /** Told the running statistics that a batch-norm layer has after this batch. Training only. */
  readonly keepRunning: (layer: number, mean: tf.Tensor, variance: tf.Tensor) => void
}

/**
 * The network as tfjs operations that autodiff can follow: (batch, height, width, channels) → (batch, classes).
 * Every layer is written from the operation's definition rather than taken from tf.layers, whose batch norm, dropout and
 * padding differ from PyTorch's.
 */
export function forward(
  spec: ModelSpec,
  tensors: TensorLookup,
  images: tf.Tensor4D,
  mode: ForwardMode,
): tf.Tensor2D {
  let x = images
  spec.layers.forEach((layer, index) => {
    x = applyLayer(layer, index, tensors, x, mode)
  })
  const [batch, , , channels] = x.shape
  return x.reshape([batch, channels])
}

function applyLayer(
  layer: LayerSpec,
  index: number,
  tensors: TensorLookup,
  x: tf.Tensor4D,
  mode: ForwardMode,
): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape
  switch (layer.kind) {
    case 'conv': {
      const kernel = tensors(index, 'kernel') as tf.Tensor4D
      const y =
        mode.convolution === 'stock'
          ? tf.conv2d(x, kernel, 1, layer.padding)
          : convolve(x, kernel, layer.padding)
      return layer.bias ? y.add(tensors(index, 'bias')) : y
    }
    case 'dense': {
      const y = tf.matMul(x.reshape<tf.Tensor2D>([batch, channels]), tensors(index, 'kernel') as tf.Tensor2D)
      const shifted = layer.bias ? y.add(tensors(index, 'bias')) : y
      return shifted.reshape([batch, 1, 1, layer.units])
    }
    case 'batch-norm':
      return batchNorm(index, tensors, x, mode)
    case 'relu':
      return tf.relu(x)
    case 'leaky-relu':
      return tf.leakyRelu(x, layer.slope)
    case 'dropout': {
      if (mode.dropout === null) return x
      const factors = mode.dropout(index, layer.rate, batch, { height, width, channels })
      return x.mul(tf.tensor(factors, [batch, height, width, channels]))
    }
    case 'dropout-2d': {
      if (mode.dropout === null) return x
      const factors = mode.dropout(index, layer.rate, batch, { height: 1, width: 1, channels })
      return x.mul(tf.tensor(factors, [batch, 1, 1, channels]))
    }
    case 'max-pool':
      return tf.maxPool(x, layer.size, layer.size, 'valid')
    case 'average-pool':
      return tf.avgPool(x, layer.size, layer.size, 'valid')
    case 'global-average-pool':
      return x.mean([1, 2], true)
    case 'adaptive-average-pool':
      return adaptiveAveragePool(x, layer.size)
    case 'flatten':
      return x.reshape([batch, 1, 1, height * width * channels])
  }
}

/**
 * One matrix product over all taps side by side. tf.conv2d gives the same numbers, but its gradients on the cpu backend read
 * element by element and take ten times as long.
 */
function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, padding: number): tf.Tensor4D {
  const [kernelHeight, kernelWidth, channels, filters] = kernel.shape
  const padded =
    padding === 0
      ? x
      : tf.pad4d(x, [
          [0, 0],
          [padding, padding],
          [padding, padding],
          [0, 0],
        ])
  const [batch, paddedHeight, paddedWidth] = padded.shape
  const height = paddedHeight - kernelHeight + 1
  const width = paddedWidth - kernelWidth + 1
  const taps: tf.Tensor4D[] = []
  for (let row = 0; row < kernelHeight; row++)
    for (let column = 0; column < kernelWidth; column++)
      taps.push(padded.slice([0, row, column, 0], [-1, height, width, -1]))
  const columns = kernelHeight * kernelWidth * channels
  return tf
    .matMul(
      tf.concat(taps, 3).reshape<tf.Tensor2D>([batch * height * width, columns]),
      kernel.reshape<tf.Tensor2D>([columns, filters]),
    )
    .reshape([batch, height, width, filters])
}

function batchNorm(index: number, tensors: TensorLookup, x: tf.Tensor4D, mode: ForwardMode): tf.Tensor4D {
  const runningMean = tensors(index, 'running-mean')
  const runningVariance = tensors(index, 'running-variance')
  const scale = tensors(index, 'scale')
  const shift = tensors(index, 'shift')
  if (mode.dropout === null) return normalise(x.sub(runningMean), runningVariance, scale, shift)

  const mean = x.mean([0, 1, 2])
  const centred = x.sub<tf.Tensor4D>(mean)
  const variance = centred.square().mean([0, 1, 2])
  const [batch, height, width] = x.shape
  const count = batch * height * width
  mode.keepRunning(index, blend(runningMean, mean), blend(runningVariance, variance.mul(count / (count - 1))))
  return normalise(centred, variance, scale, shift)
}

function normalise(
  centred: tf.Tensor4D,
  variance: tf.Tensor,
  scale: tf.Tensor,
  shift: tf.Tensor,
): tf.Tensor4D {
  return centred.mul(variance.add(EPSILON).rsqrt().mul(scale)).add(shift)
}

function blend(running: tf.Tensor, batch: tf.Tensor): tf.Tensor {
  return running.mul(1 - RUNNING_MOMENTUM).add(batch.mul(RUNNING_MOMENTUM))
}

function adaptiveAveragePool(x: tf.Tensor4D, size: number): tf.Tensor4D {
  const [, height, width] = x.shape
  const rows = adaptiveCells(height, size).map((row) => {
    const cells = adaptiveCells(width, size).map((column) =>
      x
        .slice([0, row.start, column.start, 0], [-1, row.length, column.length, -1])
        .mean<tf.Tensor4D>([1, 2], true),
    )
    return tf.concat(cells, 2)
  })
  return tf.concat(rows, 1)
}

/** Cell i covers floor(i·extent/size) … ceil((i+1)·extent/size) − 1. */
function adaptiveCells(extent: number, size: number): { start: number; length: number }[] {
  return Array.from({ length: size }, (_, i) => {
    const start = Math.floor((i * extent) / size)
    return { start, length: Math.ceil(((i + 1) * extent) / size) - start }
  })
}
