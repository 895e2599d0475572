import type { EngineRecord, TfjsRecord } from '../../src/domain/registry/records'
import type { CreatePredictor, CreateTrainingEngine, EngineChoice } from './contract'
import { EngineUnavailableError } from './contract'
import type { WasmOptions } from './wasm/build'
import { createWasmPredictor } from './wasm/predictor'
import { createWasmTrainingEngine } from './wasm/training'

/**
 * The engine for this machine, or the one that is asked for.
 * @throws RangeError when the model or the batch is impossible, OutOfMemoryError among them; EngineUnavailableError when what is
 * asked for cannot be had here
 */
export const createTrainingEngine: CreateTrainingEngine = async (job, host, choice) => {
  const { engine, threads, convolution, like } = choice
  const backend = tfjsBackend(engine)
  if (backend !== null) {
    // Loaded when asked for: tfjs is several times the size of all the rest.
    const { createTfjsTrainingEngine } = await import('./tfjs/training')
    return createTfjsTrainingEngine(job, backend, host, like)
  }
  if (engine !== 'auto' && engine !== 'wasm')
    throw new EngineUnavailableError(`train.engine ${engine} is not part of this build: choose auto or wasm`)
  return createWasmTrainingEngine(job, host, { threads, convolution, build: buildOf(like) })
}

function tfjsBackend(engine: EngineChoice['engine']): TfjsRecord['backend'] | null {
  switch (engine) {
    case 'tfjs-webgpu':
      return 'webgpu'
    case 'tfjs-webgl':
      return 'webgl'
    case 'tfjs-cpu':
      return 'cpu'
    case 'auto':
    case 'wasm':
    case 'webgpu':
      return null
  }
}

/** A predictor for this machine. @throws RangeError when the model or its weights are impossible. */
export const createPredictor: CreatePredictor = (spec, weights, preprocess, host, choice) =>
  createWasmPredictor(spec, weights, preprocess, host, {
    threads: choice.threads,
    convolution: choice.convolution,
    build: buildOf(choice.like),
  })

/** The kernels to go on with. */
function buildOf(like: EngineRecord | null): NonNullable<WasmOptions['build']> {
  return like?.kind === 'wasm' ? like.build : 'auto'
}
