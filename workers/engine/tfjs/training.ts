import * as tf from '@tensorflow/tfjs'
import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { parameterTable } from '../../../src/domain/model/parameters'
import { engineBuild } from '../../../src/domain/registry/engine'
import type { EngineRecord } from '../../../src/domain/registry/records'
import type { EngineHost, StepOptions, StepResult, TrainingEngine, TrainingJob } from '../contract'
import { EngineUnavailableError } from '../contract'
import { openBackend } from './backend'
import { stageBatch } from './batch'
import type { BackendName } from './devices'
import { recordOf } from './record'
import { keepState, packed, stateFrom, tensorsOf, unpacked, type State } from './state'
import type { ConvolutionKind } from './layers'
import { differentiate, type Differentiated, type Network } from './step'
import { nextState } from './update'

/** Figures a step leaves on the device until its run is over: loss, right answers, norm. */
const FIGURES = 3

/** On a GPU a step takes some 20 ms. */
const STEPS_PER_RUN = 8

/**
 * A training engine of tfjs operations and their automatic differentiation. Slow, and written by others than the studio's own
 * engines, which makes it their oracle.
 *
 * @param like goes on with what began so
 * @throws EngineUnavailableError when the backend, or the version that a run began with, cannot be had here; RangeError when the
 * model is impossible
 */
export async function createTfjsTrainingEngine(
  job: TrainingJob,
  name: BackendName,
  host: Pick<EngineHost, 'requestGpu'>,
  like: EngineRecord | null = null,
): Promise<TrainingEngine> {
  requireSame(name, like)
  const table = parameterTable(job.spec)
  const backend = await openBackend(name, host)
  const learner = createLearner(job, { spec: job.spec, table, convolution: convolutionOn(name) })
  const { batch, recipe } = job
  return {
    record: recordOf(backend, `train.engine tfjs-${name}`),
    batch,
    stepsPerRun: backend.slow ? 1 : STEPS_PER_RUN,
    get memoryBytes() {
      return backend.memoryBytes()
    },
    attach(images) {
      learner.attach(images)
      return Promise.resolve()
    },
    async writeState(state) {
      await backend.compute(() => {
        learner.replace(stateFrom(state, table, recipe))
        return tf.scalar(0)
      })
    },
    async readState() {
      return unpacked(await backend.compute(() => packed(learner.state())), table, recipe)
    },
    async run(indices, steps) {
      const figures = await backend.compute(() =>
        tf.concat(
          steps.map((options, i) => learner.advance(indices.subarray(i * batch, (i + 1) * batch), options)),
        ),
      )
      return steps.map((_, i) => resultOf(figures.subarray(i * FIGURES)))
    },
    profile: () => Promise.resolve(null),
    async gradients(indices, options) {
      const values = await backend.compute(() => {
        const { loss, logits, gradient } = learner.look(indices, options)
        return tf.concat([loss.as1D(), logits.as1D(), gradient])
      })
      const gradientAt = values.length - table.trainable
      return {
        loss: values[0] ?? Number.NaN,
        logits: values.slice(1, gradientAt),
        gradient: values.slice(gradientAt),
      }
    },
    dispose() {
      learner.replace(null)
      backend.close()
    },
  }
}

/** The state on the device, and what a step does to it; everything here belongs inside `backend.compute`. */
interface Learner {
  readonly attach: (images: LabelledImages) => void
  /** @throws Error before the first state */
  readonly state: () => State
  /** Takes over a kept state and gives the one before back. */
  readonly replace: (next: State | null) => void
  /** Forward and backward without update. */
  readonly look: (indices: Uint32Array, options: StepOptions) => Differentiated
  /** One step. @returns its figures */
  readonly advance: (indices: Uint32Array, options: StepOptions) => tf.Tensor1D
}

function createLearner(job: TrainingJob, network: Network): Learner {
  let current: State | null = null
  let data: LabelledImages | null = null

  function state(): State {
    if (current === null) throw new Error('a step needs a state: write it first')
    return current
  }

  function replace(next: State | null): void {
    if (current !== null) tf.dispose(tensorsOf(current))
    current = next
  }

  function look(indices: Uint32Array, options: StepOptions): Differentiated {
    if (data === null) throw new Error('a step needs images: attach them first')
    return differentiate(network, state(), stageBatch(job, data, indices, options))
  }

  function advance(indices: Uint32Array, options: StepOptions): tf.Tensor1D {
    return tf.tidy(() => {
      const taken = look(indices, options)
      const norm = tf.sqrt(taken.gradient.square().sum<tf.Scalar>())
      replace(keepState(nextState(state(), taken, norm, job.recipe, options)))
      return tf.stack([taken.loss, taken.right, norm]).as1D()
    })
  }

  return { attach: (images) => void (data = images), state, replace, look, advance }
}

function resultOf([
  loss = Number.NaN,
  correct = Number.NaN,
  gradientNorm = Number.NaN,
]: Float32Array): StepResult {
  return { loss, correct, gradientNorm }
}

/**
 * tfjs's own convolution on GPUs. Its gradients on the cpu backend read element by element and take ten times as long as a matrix
 * product.
 */
function convolutionOn(name: BackendName): ConvolutionKind {
  return name === 'cpu' ? 'matrix' : 'stock'
}

function requireSame(name: BackendName, like: EngineRecord | null): void {
  if (like === null) return
  const here = `tfjs ${tf.version.tfjs} on ${name}`
  const before = engineBuild(like)
  if (before !== here)
    throw new EngineUnavailableError(
      `this run began with ${before}, and this would be ${here}: start it again`,
    )
}
