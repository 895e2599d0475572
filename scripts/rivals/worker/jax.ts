import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  random,
  tree,
  valueAndGrad,
} from '@jax-js/jax'
import { MNIST_PREPROCESS, normalisationTable } from '../../../src/domain/image/preprocess'
import type { ModelSpec } from '../../../src/domain/model/spec'
import { DEFAULT_PARAMS } from '../../../src/domain/params/defaults'
import type { Contender, Work } from '../../../workers/engine/bench/contender'
import { stripedDigits } from '../../../workers/engine/bench/digits'
import { EngineUnavailableError } from '../../../workers/engine/contract'
import { forward, startingTensors, type Tensors } from './jax-model'

const VERSION = '0.1.25'
const CLASSES = 10
const SIDE = 28
const BATCHES = 4
const { lr, momentum } = DEFAULT_PARAMS.train

type JaxDevice = 'wasm' | 'webgpu'

/** jax-js training the same network with its own operations, in the fastest of the ways it has. */
export function jaxContender(spec: ModelSpec, batch: number, device: JaxDevice): Contender {
  return {
    subject: { engine: `jax-js-${device}`, convolution: null, preset: spec.name },
    async open() {
      const ready = await init(device)
      if (!ready.includes(device))
        throw new EngineUnavailableError(`jax-js has no ${device} device in this browser`)
      return fastestWay(spec, batch, device)
    },
  }
}

type Step = (
  trained: Tensors,
  velocity: Tensors,
  running: Tensors,
  images: np.Array,
  labels: np.Array,
  key: np.Array,
) => { trained: Tensors; velocity: Tensors; running: Tensors; loss: np.Array }

/** What is compiled as one; the rest is done operation by operation. Which is fastest differs between devices. */
const WAYS = ['whole step compiled', 'forward pass compiled', 'operation by operation'] as const

/** SGD with PyTorch's momentum on the mean cross-entropy. */
function makeStep(spec: ModelSpec, way: (typeof WAYS)[number]): Step {
  function lossOf(
    trained: Tensors,
    running: Tensors,
    images: np.Array,
    labels: np.Array,
    key: np.Array,
  ): [np.Array, Tensors] {
    const [batch = 1] = labels.shape
    const { logits, running: next } = forward(spec, trained, running, images, key)
    const likelihood = nn.logSoftmax(logits).mul(labels).sum()
    return [likelihood.mul(-1 / batch), next]
  }
  const withGradient = valueAndGrad(way === 'forward pass compiled' ? jit(lossOf) : lossOf, { hasAux: true })

  function step(...[trained, velocity, running, images, labels, key]: Parameters<Step>): ReturnType<Step> {
    const [[loss, next], gradient] = withGradient(tree.ref(trained), running, images, labels, key)
    const moved = tree.map((v: np.Array, g: np.Array) => v.mul(momentum).add(g), velocity, gradient)
    const stepped = tree.map((w: np.Array, v: np.Array) => w.sub(v.mul(lr)), trained, tree.ref(moved))
    return { trained: stepped, velocity: moved, running: next, loss }
  }
  return way === 'whole step compiled' ? jit(step) : step
}

/** Two steps each way, the second one timed. */
async function fastestWay(spec: ModelSpec, batch: number, device: JaxDevice): Promise<Work> {
  let best: { readonly work: Work; readonly seconds: number } | null = null
  for (const way of WAYS) {
    const work = openWork(spec, batch, device, way)
    await work.turn(0)
    const { seconds } = await work.turn(0)
    if (best === null || seconds < best.seconds) {
      best?.work.dispose()
      best = { work, seconds }
    } else work.dispose()
  }
  if (best === null) throw new Error('jax-js was tried in no way')
  return best.work
}

function openWork(spec: ModelSpec, batch: number, device: JaxDevice, way: (typeof WAYS)[number]): Work {
  defaultDevice(device)
  const step = makeStep(spec, way)
  const batches = makeBatches(batch)
  let { trained, running } = startingTensors(spec)
  let velocity = tree.map((w: np.Array) => np.zerosLike(w), tree.ref(trained))
  let count = 0

  async function once(): Promise<number> {
    const { images, labels } = batches[count++ % BATCHES] ?? batches[0]
    const key = random.key(count)
    const after = step(trained, velocity, running, images.ref, labels.ref, key)
    ;({ trained, velocity, running } = after)
    await blockUntilReady(trained)
    return Number(await after.loss.jsAsync())
  }

  return {
    setup: {
      backend: `jax-js ${VERSION}, ${way}`,
      device: device === 'webgpu' ? 'WebGPU' : `CPU · ${navigator.hardwareConcurrency} threads`,
      threads: device === 'webgpu' ? 1 : navigator.hardwareConcurrency,
      record: null,
    },
    memoryBytes: 0,
    async turn(seconds) {
      // One setting for the whole thread: another contender may have changed it.
      defaultDevice(device)
      const losses: number[] = []
      const started = performance.now()
      const elapsed = (): number => (performance.now() - started) / 1000
      do losses.push(await once())
      while (elapsed() < seconds)
      return { steps: losses.length, seconds: elapsed(), losses }
    },
    one: null,
    dispose() {
      for (const value of [trained, velocity, running, ...batches]) tree.dispose(value)
    },
  }
}

/** Batches that lie on the device already: reading data is no part of what is compared. */
function makeBatches(batch: number) {
  const { images, labels } = stripedDigits(batch * BATCHES)
  const table = normalisationTable(MNIST_PREPROCESS)
  const pixels = Float32Array.from(images, (value) => table[value] ?? 0)
  const made = Array.from({ length: BATCHES }, (_, index) => {
    const from = index * batch
    const oneHot = new Float32Array(batch * CLASSES)
    for (let i = 0; i < batch; i++) oneHot[i * CLASSES + (labels[from + i] ?? 0)] = 1
    return {
      images: np
        .array(pixels.slice(from * SIDE * SIDE, (from + batch) * SIDE * SIDE))
        .reshape([batch, 1, SIDE, SIDE]),
      labels: np.array(oneHot).reshape([batch, CLASSES]),
    }
  })
  const [first, ...others] = made
  if (first === undefined) throw new Error('no batch was made')
  return [first, ...others] as const
}
