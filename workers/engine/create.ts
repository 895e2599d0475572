import type { EngineRecord, TfjsRecord } from '../../src/domain/registry/records'
import type {
  CreatePredictor,
  CreateTrainingEngine,
  EngineChoice,
  EngineHost,
  GpuSupport,
  TrainingEngine,
  TrainingJob,
} from './contract'
import { EngineUnavailableError } from './contract'
import type { WasmOptions } from './wasm/build'
import { createWasmPredictor } from './wasm/predictor'
import { createWasmTrainingEngine } from './wasm/training'

/**
 * The engine for this machine, or the one that is asked for. The WebGPU and tfjs engines are loaded when they are needed.
 * @throws RangeError when the model or the batch is impossible, OutOfMemoryError among them; EngineUnavailableError when what is
 * asked for cannot be had here
 */
export const createTrainingEngine: CreateTrainingEngine = async (job, host, choice) => {
  const { like } = choice
  const wanted = like === null ? choice.engine : kindOf(like)
  switch (wanted) {
    case 'auto':
      return fastestEngine(job, host, choice)
    case 'wasm':
      return wasmEngine(job, host, choice)
    case 'webgpu': {
      const gpu = await host.requestGpu()
      if (gpu.kind === 'none')
        throw new EngineUnavailableError(
          `train.engine webgpu needs a GPU, but ${gpu.reason}: choose auto or wasm`,
        )
      return webgpuEngine(job, host, gpu, choice, 'WebGPU was asked for')
    }
    case 'tfjs-webgpu':
    case 'tfjs-webgl':
    case 'tfjs-cpu': {
      const { createTfjsTrainingEngine } = await loadTfjs()
      return createTfjsTrainingEngine(job, TFJS_BACKENDS[wanted], host, like)
    }
  }
}

const TFJS_BACKENDS = {
  'tfjs-webgpu': 'webgpu',
  'tfjs-webgl': 'webgl',
  'tfjs-cpu': 'cpu',
} as const satisfies Record<string, TfjsRecord['backend']>

/** It is not kept for offline use: megabytes that few ask for. */
async function loadTfjs() {
  try {
    return await import('./tfjs/training')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new EngineUnavailableError(
      `tfjs could not be loaded (${why}): check the connection, or choose auto or wasm`,
    )
  }
}

/** What to ask for to go on as a record says. */
function kindOf(like: EngineRecord): Exclude<EngineChoice['engine'], 'auto'> {
  return like.kind === 'tfjs' ? `tfjs-${like.backend}` : like.kind
}

/** A real GPU where there is one. A GPU made of software computes on the processor, and far slower than the wasm engine does. */
async function fastestEngine(
  job: TrainingJob,
  host: EngineHost,
  choice: EngineChoice,
): Promise<TrainingEngine> {
  const gpu = await host.requestGpu()
  if (gpu.kind === 'gpu' && !gpu.software)
    return webgpuEngine(job, host, gpu, choice, 'the fastest engine where there is a GPU')
  if (gpu.kind === 'gpu') gpu.device.destroy()
  return wasmEngine(job, host, choice)
}

function wasmEngine(
  job: TrainingJob,
  host: EngineHost,
  { threads, convolution, like }: EngineChoice,
): Promise<TrainingEngine> {
  return createWasmTrainingEngine(job, host, { threads, convolution, build: buildOf(like) })
}

async function webgpuEngine(
  job: TrainingJob,
  host: EngineHost,
  gpu: Extract<GpuSupport, { kind: 'gpu' }>,
  { like, mixedPrecision }: EngineChoice,
  reason: string,
): Promise<TrainingEngine> {
  const { createWebgpuTrainingEngine } = await import('./webgpu/training')
  try {
    return await createWebgpuTrainingEngine(job, gpu, {
      reason,
      like: like?.kind === 'webgpu' ? like : null,
      mixedPrecision,
      memory: host.memory,
      now: host.now,
      disposed: () => gpu.device.destroy(),
    })
  } catch (error) {
    gpu.device.destroy()
    throw error
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
