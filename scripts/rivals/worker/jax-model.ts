import { lax, nn, numpy as np, random } from '@jax-js/jax'
import { initialWeights } from '../../../src/domain/model/initialise'
import { parameterTable } from '../../../src/domain/model/parameters'
import { EPSILON, type LayerSpec, type ModelSpec, RUNNING_MOMENTUM } from '../../../src/domain/model/spec'
import { EngineUnavailableError } from '../../../workers/engine/contract'

/** Tensors by `<layer>.<role>`, as the studio's parameter table names them. (An alias: jax-js takes no interfaces.) */
export type Tensors = { [name: string]: np.Array }

/** A layer that jax-js's own operations are put together for here. */
type Known = Extract<
  LayerSpec,
  { kind: 'conv' | 'relu' | 'batch-norm' | 'dropout' | 'max-pool' | 'average-pool' | 'flatten' }
>

/** Channels first, as jax-js's convolutions want them: kernels [out, in, height, width], everything else [1, channels, 1, 1]. */
export function startingTensors(spec: ModelSpec): { readonly trained: Tensors; readonly running: Tensors } {
  const flat = initialWeights(spec, 1)
  const trained: Tensors = {}
  const running: Tensors = {}
  for (const { name, role, shape, offset, size } of parameterTable(spec).tensors) {
    const values = np.array(flat.slice(offset, offset + size))
    if (role.startsWith('running')) running[name] = values.reshape([1, -1, 1, 1])
    else if (role === 'kernel') trained[name] = values.reshape([...shape]).transpose([3, 2, 0, 1])
    else trained[name] = values.reshape([1, -1, 1, 1])
  }
  return { trained, running }
}

/**
 * The logits of a batch in training, [batch, classes], and the running statistics after it.
 * @param images [batch, 1, 28, 28], normalised
 * @param key of the step's dropout
 * @throws EngineUnavailableError for a layer that is not put together here
 */
export function forward(
  spec: ModelSpec,
  trained: Tensors,
  running: Tensors,
  images: np.Array,
  key: np.Array,
): { readonly logits: np.Array; readonly running: Tensors } {
  const layers = spec.layers.map(known)
  const drops = layers.filter(({ kind }) => kind === 'dropout').length
  const keys = Array.from(random.split(key, Math.max(1, drops)))
  const next: Tensors = {}
  let x = images
  for (const [index, layer] of layers.entries())
    switch (layer.kind) {
      case 'conv': {
        const { padding } = layer
        x = lax.conv(
          x,
          tensor(trained, index, 'kernel'),
          [1, 1],
          [
            [padding, padding],
            [padding, padding],
          ],
        )
        if (layer.bias) x = x.add(tensor(trained, index, 'bias'))
        break
      }
      case 'relu':
        x = nn.relu(x)
        break
      case 'batch-norm': {
        const { output, mean, variance } = normalise(x, trained, index)
        next[`${index}.running-mean`] = moved(tensor(running, index, 'running-mean'), mean)
        next[`${index}.running-variance`] = moved(tensor(running, index, 'running-variance'), variance)
        x = output
        break
      }
      case 'dropout': {
        const keep = 1 - layer.rate
        const mask = random.bernoulli(required(keys.shift(), 'a key'), keep, x.shape)
        x = np.where(mask, x.mul(1 / keep), 0)
        break
      }
      case 'max-pool':
        x = lax.reduceWindow(x, np.max, [layer.size, layer.size], [layer.size, layer.size])
        break
      case 'average-pool':
        x = lax.reduceWindow(x, np.mean, [layer.size, layer.size], [layer.size, layer.size])
        break
      case 'flatten':
        x = x.reshape([x.shape[0] ?? 0, -1])
        break
    }
  return { logits: x, running: next }
}

/** Batch norm with the batch's statistics: biased variance to normalise, unbiased for the running one. */
function normalise(x: np.Array, trained: Tensors, index: number) {
  const [batch = 0, , height = 0, width = 0] = x.shape
  const count = batch * height * width
  const mean = x.ref.mean([0, 2, 3], { keepdims: true })
  const centred = x.sub(mean.ref)
  const variance = np.square(centred.ref).mean([0, 2, 3], { keepdims: true })
  const scale = tensor(trained, index, 'scale').mul(np.reciprocal(np.sqrt(variance.ref.add(EPSILON))))
  const output = centred.mul(scale).add(tensor(trained, index, 'shift'))
  return {
    output,
    mean: lax.stopGradient(mean),
    variance: lax.stopGradient(variance.mul(count / (count - 1))),
  }
}

function moved(running: np.Array, towards: np.Array): np.Array {
  return running.mul(1 - RUNNING_MOMENTUM).add(towards.mul(RUNNING_MOMENTUM))
}

/** Takes a tensor over: it is used up by what it is passed to. */
function tensor(tensors: Tensors, layer: number, role: string): np.Array {
  return required(tensors[`${layer}.${role}`], `${layer}.${role}`)
}

function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`the model has no ${what}`)
  return value
}

function known(layer: LayerSpec): Known {
  switch (layer.kind) {
    case 'conv':
    case 'relu':
    case 'batch-norm':
    case 'dropout':
    case 'max-pool':
    case 'average-pool':
    case 'flatten':
      return layer
    case 'dense':
    case 'leaky-relu':
    case 'dropout-2d':
    case 'global-average-pool':
    case 'adaptive-average-pool':
      throw new EngineUnavailableError(
        `the jax-js rival is written for rf5-13k and its like, without ${layer.kind}: choose such a preset`,
      )
  }
}
