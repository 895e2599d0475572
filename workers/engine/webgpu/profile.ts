/** One step with the device's clock read around every dispatch. */
import type { StepProfile } from '../../../src/domain/training/events'
import type { BoundDispatch } from './program'
import type { StagedReads, WantedBytes } from './reads'

export interface TimedStep {
  readonly operations: StepProfile['operations']
  readonly milliseconds: number
  readonly figures: Float32Array
}

/**
 * Runs the dispatches of the first step record, each in a pass of its own: the same work in the same order.
 * @param figures what the step leaves, read along
 */
export async function profiled(
  device: GPUDevice,
  reads: StagedReads,
  dispatches: readonly BoundDispatch[],
  figures: WantedBytes,
): Promise<TimedStep> {
  const count = 2 * dispatches.length
  const querySet = device.createQuerySet({ type: 'timestamp', count })
  const times = device.createBuffer({
    label: 'times',
    size: 8 * count,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  })
  try {
    const encoder = device.createCommandEncoder()
    for (const [at, { pipeline, group, workgroups }] of dispatches.entries()) {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet, beginningOfPassWriteIndex: 2 * at, endOfPassWriteIndex: 2 * at + 1 },
      })
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, group, [0])
      pass.dispatchWorkgroups(workgroups)
      pass.end()
    }
    encoder.resolveQuerySet(querySet, 0, count, times, 0)
    const copies = reads.copied(encoder, [figures, { buffer: times, offset: 0, bytes: 8 * count }])
    device.queue.submit([encoder.finish()])
    const [values = new Float32Array(), clock = new Float32Array()] = await copies.read()
    const nanoseconds = new BigUint64Array(clock.buffer)
    const milliseconds = (from: number, to: number): number =>
      Number((nanoseconds[to] ?? 0n) - (nanoseconds[from] ?? 0n)) / 1e6
    return {
      operations: dispatches.map(({ operation, layer }, at) => ({
        operation,
        layer,
        milliseconds: milliseconds(2 * at, 2 * at + 1),
      })),
      milliseconds: milliseconds(0, count - 1),
      figures: values,
    }
  } finally {
    querySet.destroy()
    times.destroy()
  }
}
