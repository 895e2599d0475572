/** A plan's kernels compiled for a device, and bound to its buffers once. */
import { stepDispatches, type Dispatch, type GpuPlan } from './plan'
import type { Kernel } from './wgsl/kernel'

/** A dispatch that can be encoded. */
export interface BoundDispatch {
  readonly operation: string
  readonly layer: number | null
  readonly pipeline: GPUComputePipeline
  readonly group: GPUBindGroup
  readonly workgroups: number
}

export interface CompiledPlan {
  bind(dispatch: Dispatch, buffers: (name: string) => GPUBuffer, records: StepRecords): BoundDispatch
}

/** The steps' records, bound with a moving offset. */
interface StepRecords {
  readonly buffer: GPUBuffer
  /** Bytes of one. */
  readonly size: number
}

/** Workgroups of one dimension on any device. */
const MOST_WORKGROUPS = 65_535

/**
 * Compiles all kernels of a plan side by side. Kernels of one text share a pipeline.
 * @throws RangeError when a kernel needs more workgroups than a device takes; GPUPipelineError when one does not compile
 */
export async function compilePlan(device: GPUDevice, plan: GpuPlan): Promise<CompiledPlan> {
  const kernels = [plan.pack, ...stepDispatches(plan)].map(({ kernel }) => kernel)
  const layouts = new Map<string, GPUBindGroupLayout>()
  const pipelines = new Map<string, GPUComputePipeline>()
  for (const kernel of kernels) {
    requireWorkgroups(kernel)
    const signature = signatureOf(kernel)
    if (!layouts.has(signature)) layouts.set(signature, bindGroupLayout(device, kernel))
  }

  function layoutOf(kernel: Kernel): GPUBindGroupLayout {
    const layout = layouts.get(signatureOf(kernel))
    if (layout === undefined) throw new Error('a kernel of another plan')
    return layout
  }

  const sources = new Map(kernels.map((kernel) => [kernel.source, kernel]))
  await Promise.all(
    [...sources].map(async ([code, kernel]) => {
      const layout = device.createPipelineLayout({ bindGroupLayouts: [layoutOf(kernel)] })
      const module = device.createShaderModule({ code })
      pipelines.set(code, await device.createComputePipelineAsync({ layout, compute: { module } }))
    }),
  )

  return {
    bind({ operation, layer, kernel }, buffers, records) {
      const pipeline = pipelines.get(kernel.source)
      if (pipeline === undefined) throw new Error('a kernel of another plan')
      const group = device.createBindGroup({
        layout: layoutOf(kernel),
        entries: [
          { binding: 0, resource: { buffer: records.buffer, size: records.size } },
          ...kernel.bindings.map(({ buffer }, at) => ({
            binding: at + 1,
            resource: { buffer: buffers(buffer) },
          })),
        ],
      })
      return { operation, layer, pipeline, group, workgroups: kernel.workgroups }
    },
  }
}

function signatureOf({ bindings }: Kernel): string {
  return bindings.map(({ access }) => access).join(' ')
}

function bindGroupLayout(device: GPUDevice, { bindings }: Kernel): GPUBindGroupLayout {
  const visibility = GPUShaderStage.COMPUTE
  return device.createBindGroupLayout({
    entries: [
      { binding: 0, visibility, buffer: { type: 'uniform', hasDynamicOffset: true } },
      ...bindings.map(({ access }, at): GPUBindGroupLayoutEntry => {
        const type = access === 'read' ? 'read-only-storage' : 'storage'
        return { binding: at + 1, visibility, buffer: { type } }
      }),
    ],
  })
}

function requireWorkgroups({ workgroups }: Kernel): void {
  if (workgroups > MOST_WORKGROUPS)
    throw new RangeError(
      `a step of this model needs ${workgroups} workgroups at once, a GPU takes ${MOST_WORKGROUPS}: choose a smaller batch`,
    )
}
