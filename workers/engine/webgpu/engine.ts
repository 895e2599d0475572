/**
 * Trains on a GPU: a plan's dispatches in one command buffer a stretch of steps, and one read-back of their figures. Nothing is
 * allocated, compiled or bound after the images are attached.
 *
 * One function holds the engine, since all its parts share the device, its buffers and what was counted.
 */
import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import type { WebgpuRecord } from '../../../src/domain/registry/records'
import type {
  EngineState,
  GpuSupport,
  StepOptions,
  StepResult,
  TrainingEngine,
  TrainingJob,
} from '../contract'
import { adapterName } from './adapter-name'
import { makeBuffers, requireSizes, withMemory, type MemoryPurpose } from './device-buffers'
import { gpuPlan, packedStart, stepDispatches, uploadedBytes, type GpuPlan } from './plan'
import { compilePlan, type BoundDispatch } from './program'
import { stagedReads } from './reads'
import { stepRecords } from './steps'
import type { Tiles } from './tiles'
import { profiled } from './profile'
import { watchDevice, type Timer } from './watch'

/** What the engine asked of the device since it was made. */
export interface GpuCounters {
  /** Steps run by `run`. */
  steps: number
  dispatches: number
  submits: number
  uploadedBytes: number
  /** Waits for figures: one a call of `run`. */
  readBacks: number
}

export interface WebgpuTrainingEngine extends TrainingEngine {
  readonly counters: Readonly<GpuCounters>
}

export interface DeviceOptions {
  /** Why this engine, in words, for its record. */
  readonly reason: string
  /** Milliseconds without an answer after which the device counts as hung. */
  readonly hangAfter: number
  readonly timer: Timer
  /** Called once the engine is disposed of. */
  readonly disposed: () => void
}

/** Steps whose records and figures the device holds at once. */
const STRETCH = 64
/** Steps that keep a real GPU busy while the next stretch is encoded. */
const GPU_STEPS_PER_RUN = 16

/**
 * @throws OutOfMemoryError when the model and its batch do not fit; RangeError when they are impossible
 */
export async function createDeviceEngine(
  job: TrainingJob,
  gpu: Extract<GpuSupport, { kind: 'gpu' }>,
  tiles: Tiles,
  options: DeviceOptions,
): Promise<WebgpuTrainingEngine> {
  const { device } = gpu
  const plan = gpuPlan(job, tiles)
  const { batch } = job
  const purpose: MemoryPurpose = { model: job.spec.name, batch }
  requireSizes(device, sizesOf(plan), purpose)
  requireLimits(device, plan)
  const [compiled, buffers] = await Promise.all([
    compilePlan(device, plan),
    makeBuffers(device, sizesOf(plan), purpose),
  ])
  const records = device.createBuffer({
    label: 'steps',
    size: STRETCH * uploadedBytes(plan),
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  })
  const watch = watchDevice(device, options.hangAfter, options.timer)
  const reads = stagedReads(device, watch)
  const counters: GpuCounters = { steps: 0, dispatches: 0, submits: 0, uploadedBytes: 0, readBacks: 0 }
  const stepRecord = { buffer: records, size: uploadedBytes(plan) }
  const pack = compiled.bind(plan.pack, (name) => buffers.get(name), stepRecord)
  device.queue.writeBuffer(buffers.get('packed'), 0, packedStart(plan, job))
  device.queue.writeBuffer(buffers.get('positions'), 0, plan.layout.positions)

  let data: { images: LabelledImages; buffers: GPUBuffer[]; bytes: number } | null = null
  let step: readonly BoundDispatch[] = []

  function encode(encoder: GPUCommandEncoder, dispatches: readonly BoundDispatch[], steps: number): void {
    const pass = encoder.beginComputePass()
    for (let slot = 0; slot < steps; slot++)
      for (const { pipeline, group, workgroups } of dispatches) {
        pass.setPipeline(pipeline)
        pass.setBindGroup(0, group, [slot * uploadedBytes(plan)])
        pass.dispatchWorkgroups(workgroups)
      }
    pass.end()
  }

  function upload(indices: Uint32Array, steps: readonly StepOptions[]): void {
    const words = stepRecords(plan.steps, job.recipe, indices, steps)
    device.queue.writeBuffer(records, 0, words)
    counters.uploadedBytes += words.byteLength
  }

  function requireStep(indices: Uint32Array, steps: readonly StepOptions[]): void {
    watch.require()
    if (data === null) throw new Error('a step needs images: attach them first')
    if (indices.length !== batch * steps.length)
      throw new RangeError(
        `${steps.length} steps take ${batch * steps.length} images, found ${indices.length}`,
      )
    const { count } = data.images
    const wrong = indices.find((index) => index >= count)
    if (wrong !== undefined) throw new RangeError(`image ${wrong} is not among the ${count} attached`)
  }

  /** Asks for up to `STRETCH` steps; resolves to their figures. */
  function stretch(indices: Uint32Array, steps: readonly StepOptions[]): Promise<StepResult[]> {
    upload(indices, steps)
    const encoder = device.createCommandEncoder()
    encode(encoder, step, steps.length)
    const figures = reads.copied(encoder, [
      { buffer: buffers.get('metrics'), offset: 0, bytes: 16 * steps.length },
    ])
    device.queue.submit([encoder.finish()])
    counters.steps += steps.length
    counters.submits++
    counters.dispatches += steps.length * step.length
    return figures.read().then(([values]) => resultsOf(values ?? new Float32Array()))
  }

  function memoryBytes(): number {
    return buffers.bytes + records.size + (data?.bytes ?? 0)
  }

  const { table } = plan
  const weightsBytes = 4 * table.total
  const record: WebgpuRecord & { readonly device: string; readonly reason: string } = {
    kind: 'webgpu',
    adapter: adapterName(gpu.info),
    software: gpu.software,
    tiles: tiles.name,
    precision: 'f32',
    device: `WebGPU · ${adapterName(gpu.info)}`,
    reason: options.reason,
  }

  return {
    record,
    batch,
    stepsPerRun: gpu.software ? 1 : GPU_STEPS_PER_RUN,
    counters,
    get memoryBytes() {
      return memoryBytes()
    },
    async attach(images) {
      watch.require()
      requireLabels(images, plan.network.classes)
      for (const buffer of data?.buffers ?? []) buffer.destroy()
      const bytes = images.images.length + images.labels.length
      const [pixels, labels] = await withMemory(device, { ...purpose, bytes: bytes + buffers.bytes }, () => [
        bytesBuffer(device, 'data', images.images),
        bytesBuffer(device, 'labels', images.labels),
      ])
      if (pixels === undefined || labels === undefined) throw new Error('images need two buffers')
      data = { images, buffers: [pixels, labels], bytes }
      const found = (name: string): GPUBuffer =>
        name === 'data' ? pixels : name === 'labels' ? labels : buffers.get(name)
      step = stepDispatches(plan).map((dispatch) => compiled.bind(dispatch, found, stepRecord))
    },
    async writeState(state) {
      watch.require()
      requireState(state, plan, job)
      const { queue } = device
      queue.writeBuffer(buffers.get('weights'), 0, copied(state.weights))
      queue.writeBuffer(buffers.get('optimizer'), 0, copied(state.optimizer))
      if (state.average !== null) queue.writeBuffer(buffers.get('average'), 0, copied(state.average))
      const encoder = device.createCommandEncoder()
      encode(encoder, [pack], 1)
      queue.submit([encoder.finish()])
      await watch.wait(queue.onSubmittedWorkDone())
    },
    async readState() {
      watch.require()
      const encoder = device.createCommandEncoder()
      const averaged = job.recipe.averageDecay !== null
      const wanted = [
        { buffer: buffers.get('weights'), offset: 0, bytes: weightsBytes },
        { buffer: buffers.get('optimizer'), offset: 0, bytes: plan.buffers.get('optimizer') ?? 0 },
        ...(averaged ? [{ buffer: buffers.get('average'), offset: 0, bytes: weightsBytes }] : []),
      ]
      const copies = reads.copied(encoder, wanted)
      device.queue.submit([encoder.finish()])
      const [weights = new Float32Array(), optimizer = new Float32Array(), average = null] =
        await copies.read()
      return { weights, optimizer, average }
    },
    async run(indices, steps) {
      requireStep(indices, steps)
      // All is submitted before the first wait, so that calls are run in their order.
      const stretches: Promise<StepResult[]>[] = []
      for (let first = 0; first < steps.length; first += STRETCH) {
        const part = steps.slice(first, first + STRETCH)
        stretches.push(stretch(indices.subarray(first * batch, (first + part.length) * batch), part))
      }
      counters.readBacks++
      return (await Promise.all(stretches)).flat()
    },
    async profile(indices, stepOptions) {
      requireStep(indices, [stepOptions])
      if (!device.features.has('timestamp-query')) return null
      upload(indices, [stepOptions])
      const timed = await profiled(device, reads, step, {
        buffer: buffers.get('metrics'),
        offset: 0,
        bytes: 16,
      })
      const [result] = resultsOf(timed.figures)
      if (result === undefined) throw new Error('a step left no figures')
      return {
        result,
        profile: {
          step: stepOptions.step,
          operations: timed.operations,
          milliseconds: timed.milliseconds,
          memoryBytes: memoryBytes(),
          stepsInFlight: 1,
        },
      }
    },
    async gradients(indices, stepOptions) {
      requireStep(indices, [stepOptions])
      upload(indices, [stepOptions])
      const encoder = device.createCommandEncoder()
      encode(encoder, step.slice(0, plan.gradient.length), 1)
      const copies = reads.copied(encoder, [
        { buffer: buffers.get('gradient'), offset: 0, bytes: 4 * table.trainable },
        { buffer: buffers.get('logits'), offset: 0, bytes: 4 * batch * plan.network.classes },
        { buffer: buffers.get('statistics'), offset: 16 * plan.layout.total, bytes: 16 },
      ])
      device.queue.submit([encoder.finish()])
      const [gradient = new Float32Array(), logits = new Float32Array(), totals] = await copies.read()
      return { loss: Math.fround((totals?.[0] ?? Number.NaN) / batch), logits, gradient }
    },
    dispose() {
      watch.end()
      for (const buffer of data?.buffers ?? []) buffer.destroy()
      reads.destroy()
      records.destroy()
      buffers.destroy()
      options.disposed()
    },
  }
}

function sizesOf({ buffers }: GpuPlan): ReadonlyMap<string, number> {
  return new Map([...buffers, ['metrics', 16 * STRETCH]])
}

function resultsOf(figures: Float32Array): StepResult[] {
  return Array.from({ length: figures.length / 4 }, (_, i) => ({
    loss: figures[4 * i] ?? Number.NaN,
    correct: figures[4 * i + 1] ?? Number.NaN,
    gradientNorm: figures[4 * i + 2] ?? Number.NaN,
  }))
}

function bytesBuffer(device: GPUDevice, label: string, bytes: Uint8Array): GPUBuffer {
  const buffer = device.createBuffer({
    label,
    size: Math.ceil(bytes.length / 4) * 4,
    usage: GPUBufferUsage.STORAGE,
    mappedAtCreation: true,
  })
  new Uint8Array(buffer.getMappedRange()).set(bytes)
  buffer.unmap()
  return buffer
}

/** `writeBuffer` takes no shared memory. */
function copied(values: Float32Array): Float32Array<ArrayBuffer> {
  return new Float32Array(values)
}

function requireLimits(device: GPUDevice, plan: GpuPlan): void {
  const { maxUniformBufferBindingSize, maxStorageBuffersPerShaderStage } = device.limits
  if (uploadedBytes(plan) > maxUniformBufferBindingSize)
    throw new RangeError(
      `a step of ${plan.steps.batch} images uploads ${uploadedBytes(plan)} bytes, this GPU binds ${maxUniformBufferBindingSize}: choose a smaller batch`,
    )
  const most = Math.max(...stepDispatches(plan).map(({ kernel }) => kernel.bindings.length))
  if (most > maxStorageBuffersPerShaderStage)
    throw new RangeError(`a kernel needs ${most} buffers, this GPU binds ${maxStorageBuffersPerShaderStage}`)
}

function requireLabels({ count, labels }: LabelledImages, classes: number): void {
  const wrong = labels.findIndex((label) => label >= classes)
  if (wrong !== -1)
    throw new RangeError(
      `image ${wrong} of ${count} must have a label below ${classes}, found ${labels[wrong]}`,
    )
}

function requireState(
  { weights, optimizer, average }: EngineState,
  { table, buffers }: GpuPlan,
  job: TrainingJob,
): void {
  requireLength(weights, table.total, 'weights')
  requireLength(optimizer, (buffers.get('optimizer') ?? 0) / 4, 'optimizer state')
  const averaged = job.recipe.averageDecay !== null
  if (averaged !== (average !== null))
    throw new RangeError(
      `this recipe keeps ${averaged ? 'an' : 'no'} average, found ${averaged ? 'none' : 'one'}`,
    )
  if (average !== null) requireLength(average, table.total, 'averages')
}

function requireLength(values: Float32Array, length: number, what: string): void {
  if (values.length !== length)
    throw new RangeError(`this model has ${length} values of ${what}, found ${values.length}`)
}
