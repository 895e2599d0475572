/** Runs trials of the WebGPU engine in a worker of a browser. */
import { elasticAmplitude } from '../../../src/domain/training/augment'
import { EngineLostError, type GpuSupport, type TrainingJob } from '../contract'
import { requestGpu } from '../gpu'
import { createDeviceEngine, type GpuCounters } from './engine'
import { stepLayout, stepRecords } from './steps'
import { findTiles } from './tiles'
import { createWebgpuTrainingEngine } from './training'
import {
  digitsOf,
  indicesOf,
  stateOf,
  stepsOf,
  type BrowserAnswer,
  type BrowserQuestion,
  type Losses,
  type Trial,
  type TrialAnswer,
} from './trial.testing'
import { augmentKernel } from './wgsl/augment'

type Gpu = Extract<GpuSupport, { kind: 'gpu' }>

async function gpuHere(): Promise<Gpu> {
  const gpu = await requestGpu(navigator.gpu)
  if (gpu.kind === 'none') throw new Error(gpu.reason)
  return gpu
}

async function tried(gpu: Gpu, { name, job, tiles: wanted, steps }: Trial): Promise<TrialAnswer> {
  const tiles = findTiles(wanted)
  if (tiles === null) throw new Error(`no tiles ${wanted}`)
  const engine = await createDeviceEngine(job, gpu, tiles, {
    reason: 'a test',
    hangAfter: 60_000,
    timer,
    disposed: () => {},
  })
  try {
    await engine.attach(digitsOf(job))
    await engine.writeState(stateOf(job))
    const indices = indicesOf(job, steps)
    const options = stepsOf(steps)
    const gradients = await engine.gradients(indices.subarray(0, job.batch), options[0]!)
    const before = { ...engine.counters }
    const results = await engine.run(indices, options)
    const counters = difference(engine.counters, before)
    const state = await engine.readState()
    await engine.writeState(stateOf(job))
    const again = await Promise.all(
      options.map((option, i) => engine.run(indices.subarray(i * job.batch, (i + 1) * job.batch), [option])),
    )
    const repeats =
      same((await engine.readState()).weights, state.weights) &&
      JSON.stringify(again.flat()) === JSON.stringify(results)
    await engine.writeState(stateOf(job))
    const profiled = await engine.profile(indices.subarray(0, job.batch), options[0]!)
    return {
      name,
      record: engine.record,
      gradients,
      results,
      state,
      counters,
      repeats,
      profile: profiled?.profile ?? null,
      profileAgrees: JSON.stringify(profiled?.result) === JSON.stringify(results[0]),
    }
  } finally {
    engine.dispose()
  }
}

function difference(after: GpuCounters, before: GpuCounters): GpuCounters {
  return {
    steps: after.steps - before.steps,
    dispatches: after.dispatches - before.dispatches,
    submits: after.submits - before.submits,
    uploadedBytes: after.uploadedBytes - before.uploadedBytes,
    readBacks: after.readBacks - before.readBacks,
  }
}

function same(one: Float32Array, other: Float32Array): boolean {
  return one.every((value, i) => Object.is(value, other[i]))
}

function timer(milliseconds: number, then: () => void): () => void {
  const started = setTimeout(then, milliseconds)
  return () => clearTimeout(started)
}

/** The batch's images as the augmentation leaves them. */
async function augmentedImages({ device }: Gpu, job: TrainingJob): Promise<Uint8Array> {
  const { batch, recipe } = job
  if (recipe.augment === null) throw new Error('a job that augments is needed')
  const layout = stepLayout([], batch, true)
  const kernel = augmentKernel({
    batch,
    width: 32,
    stepWords: layout.words,
    draws: layout.draws!,
    indices: layout.indices,
    elastic: elasticAmplitude(recipe.augment),
  })
  const { images } = digitsOf(job)
  const record = stepRecords(layout, recipe, indicesOf(job, 1), stepsOf(1))
  const { STORAGE, UNIFORM, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage
  const filled = (usage: number, bytes: Uint8Array): GPUBuffer => {
    const buffer = device.createBuffer({ size: bytes.length, usage, mappedAtCreation: true })
    new Uint8Array(buffer.getMappedRange()).set(bytes)
    buffer.unmap()
    return buffer
  }
  const result = device.createBuffer({ size: batch * 784, usage: STORAGE | COPY_SRC })
  const target = device.createBuffer({ size: batch * 784, usage: MAP_READ | COPY_DST })
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: kernel.source }) },
  })
  const buffers = [filled(UNIFORM, new Uint8Array(record.buffer)), filled(STORAGE, images), result]
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  })
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, group)
  pass.dispatchWorkgroups(kernel.workgroups)
  pass.end()
  encoder.copyBufferToBuffer(result, 0, target, 0, batch * 784)
  device.queue.submit([encoder.finish()])
  await target.mapAsync(GPUMapMode.READ)
  return new Uint8Array(target.getMappedRange()).slice()
}

async function losses(small: TrainingJob, large: TrainingJob): Promise<Losses> {
  const gpu = await gpuHere()
  const engine = await createWebgpuTrainingEngine(small, gpu, {
    reason: 'a test',
    now: () => performance.now(),
  })
  await engine.attach(digitsOf(small))
  await engine.writeState(stateOf(small))
  const step = (): Promise<unknown> => engine.run(indicesOf(small, 1), stepsOf(1))
  const before = refusal(step())
  gpu.device.destroy()
  const destroyed = [await before, await refusal(step()), await refusal(engine.readState())]
  return { destroyed, hung: await hungRefusal(small), tooLarge: await largeRefusal(large) }
}

/** A device that never answers in time: the clock runs out at once. */
async function hungRefusal(job: TrainingJob): Promise<string> {
  const gpu = await gpuHere()
  const clock: { late: boolean } = { late: false }
  const engine = await createWebgpuTrainingEngine(job, gpu, {
    reason: 'a test',
    now: () => performance.now(),
    timer: (milliseconds, then) => timer(clock.late ? 0 : milliseconds, then),
  })
  await engine.attach(digitsOf(job))
  await engine.writeState(stateOf(job))
  clock.late = true
  const found = await refusal(engine.run(indicesOf(job, 64), stepsOf(64)))
  gpu.device.destroy()
  return found
}

async function largeRefusal(job: TrainingJob): Promise<string> {
  const adapter = await navigator.gpu.requestAdapter()
  if (adapter === null) throw new Error('no adapter')
  const device = await adapter.requestDevice()
  const gpu: Gpu = { kind: 'gpu', device, info: adapter.info, software: true }
  const found = await refusal(createWebgpuTrainingEngine(job, gpu, { reason: 'a test', now: () => 0 }))
  device.destroy()
  return found
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    if (error instanceof EngineLostError) return error.loss
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}

async function answer({ trials, augmented, small, large }: BrowserQuestion): Promise<BrowserAnswer> {
  const gpu = await gpuHere()
  const done: TrialAnswer[] = []
  for (const trial of trials) done.push(await tried(gpu, trial))
  return {
    gpu: { name: gpu.info.architecture, software: gpu.software },
    trials: done,
    augmented: await augmentedImages(gpu, augmented),
    losses: await losses(small, large),
  }
}

self.onmessage = ({ data }: MessageEvent<BrowserQuestion>) => {
  answer(data).then(
    (found) => self.postMessage(found),
    // A rejection does not reach the page; an error does.
    (error: unknown) =>
      setTimeout(() => {
        throw error
      }),
  )
}
