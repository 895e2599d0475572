/**
 * What tfjs's backends compute on. Each is registered with tfjs by hand: tfjs would ask for a GPU of its own, decline software
 * adapters, fail without a word where there is none, and never learn that it is gone.
 */
import * as tf from '@tensorflow/tfjs'
import type { TfjsRecord } from '../../../src/domain/registry/records'
import { EngineLostError, EngineUnavailableError, OutOfMemoryError, type EngineHost } from '../contract'
import { adapterName } from '../webgpu/adapter-name'
import { watchDevice } from '../webgpu/watch'

export type BackendName = TfjsRecord['backend']

/** Milliseconds without an answer after which a GPU counts as hung; a step of the largest preset takes a minute of software. */
const HANG_AFTER = 20_000
const SLOW_HANG_AFTER = 300_000

export interface Device {
  /** For people. */
  readonly description: string
  /** No GPU, or one made of software: a step is long. */
  readonly slow: boolean
  /** @throws EngineLostError when it computes no more */
  readonly require: () => void
  /** Waits for what it reads. @throws EngineLostError when it is lost meanwhile, or does nothing for too long */
  readonly wait: <T>(work: Promise<T>) => Promise<T>
  /** Begins to listen for errors; the answer stops, and rejects with what went wrong between. */
  readonly listen: () => () => Promise<void>
  readonly destroy: () => void
}

/** Opens a device and makes tfjs compute on it. @throws EngineUnavailableError when it cannot be had here */
export function openDevice(name: BackendName, host: Pick<EngineHost, 'requestGpu'>): Promise<Device> {
  // Without checks meant for those who write models, and without its advertisement in Node.
  tf.enableProdMode()
  switch (name) {
    case 'cpu':
      return openProcessor()
    case 'webgl':
      return openWebgl()
    case 'webgpu':
      return openWebgpu(host)
  }
}

async function openProcessor(): Promise<Device> {
  await activate('cpu')
  return {
    description: 'CPU · 1 thread of JavaScript',
    slow: true,
    require: () => {},
    wait: (work) => work,
    listen: nothingToHear,
    // tfjs holds no device here, and predictors elsewhere may still compute on it.
    destroy: () => {},
  }
}

async function openWebgl(): Promise<Device> {
  const gl = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('webgl2')
  if (gl === null)
    throw new EngineUnavailableError(
      'tfjs on WebGL needs a browser that gives workers WebGL 2, and found none: choose auto or wasm',
    )
  tf.setWebGLContext(2, gl)
  const remove = await takePlace('webgl', new tf.MathBackendWebGL())
  if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) {
    remove()
    throw new EngineUnavailableError(
      "this machine's WebGL computes in 16 bits, too coarse to train with: choose auto or wasm",
    )
  }
  const renderer = rendererOf(gl)
  return {
    description: `WebGL · ${renderer}`,
    slow: /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer),
    require() {
      if (gl.isContextLost())
        throw new EngineLostError('lost', 'the browser has taken the WebGL context away')
    },
    wait: (work) => work,
    listen: nothingToHear,
    destroy() {
      remove()
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    },
  }
}

function rendererOf(gl: WebGL2RenderingContext): string {
  const extension = gl.getExtension('WEBGL_debug_renderer_info')
  const name: unknown = extension === null ? null : gl.getParameter(extension.UNMASKED_RENDERER_WEBGL)
  return typeof name === 'string' && name !== '' ? name : 'unknown GPU'
}

async function openWebgpu(host: Pick<EngineHost, 'requestGpu'>): Promise<Device> {
  const gpu = await host.requestGpu()
  if (gpu.kind === 'none')
    throw new EngineUnavailableError(`tfjs on WebGPU cannot run here: ${gpu.reason}. Choose auto or wasm`)
  const { device, info, software } = gpu
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu')
  // Left to choose, tfjs multiplies small matrices with atomic additions, whose order differs from run to run. 2: small tiles.
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', 2)
  const remove = await takePlace('webgpu', new WebGPUBackend(device, info))
  const watch = watchDevice(device, software ? SLOW_HANG_AFTER : HANG_AFTER, hostTimer)
  return {
    description: `WebGPU · ${adapterName(info)}`,
    slow: software,
    require: () => watch.require(),
    wait: (work) => watch.wait(work),
    listen: () => listenTo(device),
    destroy() {
      watch.end()
      remove()
      device.destroy()
    },
  }
}

function hostTimer(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds)
  return () => clearTimeout(timer)
}

/** Errors of the two kinds that a model too large for the GPU makes. */
function listenTo(device: GPUDevice): () => Promise<void> {
  device.pushErrorScope('validation')
  device.pushErrorScope('out-of-memory')
  return async () => {
    const [memory, validation] = await Promise.all([device.popErrorScope(), device.popErrorScope()])
    const error = memory ?? validation
    if (error !== null)
      throw new OutOfMemoryError(
        `the GPU has no room for this model and batch (${error.message}): take a smaller batch`,
      )
  }
}

function nothingToHear(): () => Promise<void> {
  return () => Promise.resolve()
}

/**
 * Registers a backend in place of the one that its package registers when it is loaded, or that is lost.
 * @returns what removes it again, unless another one has taken its place
 */
async function takePlace(name: BackendName, backend: tf.KernelBackend): Promise<() => void> {
  if (tf.engine().backendNames().includes(name)) tf.removeBackend(name)
  tf.registerBackend(name, () => backend)
  await activate(name)
  return () => {
    if (tf.findBackend(name) === backend) tf.removeBackend(name)
  }
}

async function activate(name: BackendName): Promise<void> {
  if (!(await tf.setBackend(name)))
    throw new EngineUnavailableError(`tfjs cannot start its ${name} backend here: choose auto or wasm`)
}
