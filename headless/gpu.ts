import type { GpuSupport } from '../workers/engine/contract'
import { requestGpu } from '../workers/engine/gpu'

/**
 * Node's WebGPU is a package of 130 MB that few need, so it is not among the dependencies: whoever wants a GPU in Node installs
 * it beside the studio. The name is no literal, so that nothing takes it for one of ours.
 */
const PACKAGE = 'webgpu'

interface NodeWebgpu {
  readonly create: (flags: readonly string[]) => GPU
  readonly globals: object
}

/** Kept as long as the process: a collected instance takes its devices with it. */
let instance: GPU | null = null

/** Asks for a GPU device in Node. */
export async function requestNodeGpu(): Promise<GpuSupport> {
  try {
    instance ??= await load()
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return {
      kind: 'none',
      reason: `Node has no WebGPU of its own; npm install --no-save ${PACKAGE}@0.6.2 brings it (${why})`,
    }
  }
  return requestGpu(instance)
}

async function load(): Promise<GPU> {
  const { create, globals } = (await import(PACKAGE)) as NodeWebgpu
  // Its enumerations (GPUBufferUsage, …) are globals in a browser.
  Object.assign(globalThis, globals)
  return create([])
}
