/** One convolution of the engine by itself, as its plan computes it, beside the same in float64. */
import type { ModelSpec } from '../../src/domain/model/spec'
import { randomUnit } from '../../src/domain/random'
import { compilePlan } from './compile'
import { nodeHost } from './node-host.testing'
import type { Algorithm, Plan, Region, Tensor } from './plan'
import { imageBytes } from './plan'
import type { Build } from './wasm/build'
import { DESCRIPTOR_WORDS, encode, kernelOf } from './wasm/encode'
import { regionAt } from './wasm/views'

/** A convolution's shape; kernels are 3×3. */
export interface Case {
  readonly side: number
  readonly inputs: number
  readonly outputs: number
  readonly padding: number
  readonly images: number
}

/** Images × rows × columns × channels, and taps × inputs × outputs. */
export interface Numbers {
  readonly input: Float32Array
  readonly kernel: Float32Array
  /** Of the output. */
  readonly gradient: Float32Array
}

export interface Results<A> {
  readonly forward: A
  readonly inputGradient: A
  readonly filterGradient: A
}

function outputSide({ side, padding }: Case): number {
  return side + 2 * padding - 2
}

/** Inputs as they are behind ReLU and batch norm, weights as PyTorch begins with, gradients of both signs. */
export function numbersFor(shape: Case, key: number): Numbers {
  const { side, inputs, outputs, images } = shape
  const bound = 1 / Math.sqrt(9 * inputs)
  let next = 0
  const make = (length: number, value: (unit: number) => number): Float32Array =>
    Float32Array.from({ length }, () => value(randomUnit(key, next++)))
  return {
    input: make(images * side * side * inputs, (unit) => Math.max(0, 4 * unit - 2) - 0.5),
    kernel: make(9 * inputs * outputs, (unit) => bound * (2 * unit - 1)),
    gradient: make(images * outputSide(shape) ** 2 * outputs, (unit) => 2 * unit - 1),
  }
}

/** The definition, in float64. */
export function inFloat64(shape: Case, { input, kernel, gradient }: Numbers): Results<Float64Array> {
  const { side, inputs, outputs, padding, images } = shape
  const out = outputSide(shape)
  const forward = new Float64Array(gradient.length)
  const inputGradient = new Float64Array(input.length)
  const filterGradient = new Float64Array(kernel.length)
  for (let pixel = 0; pixel < images * out * out; pixel++)
    for (let tap = 0; tap < 9; tap++) {
      const row = (Math.floor(pixel / out) % out) + Math.floor(tap / 3) - padding
      const column = (pixel % out) + (tap % 3) - padding
      if (row < 0 || row >= side || column < 0 || column >= side) continue
      const from = ((Math.floor(pixel / (out * out)) * side + row) * side + column) * inputs
      const to = pixel * outputs
      for (let c = 0; c < inputs; c++)
        for (let f = 0; f < outputs; f++) {
          const weight = (tap * inputs + c) * outputs + f
          forward[to + f]! += input[from + c]! * kernel[weight]!
          inputGradient[from + c]! += gradient[to + f]! * kernel[weight]!
          filterGradient[weight]! += input[from + c]! * gradient[to + f]!
        }
    }
  return { forward, inputGradient, filterGradient }
}

/** The engine's, image by image, with one algorithm for all three. */
export async function inEngine(
  shape: Case,
  numbers: Numbers,
  algorithm: Algorithm,
  build: Build,
): Promise<Results<Float32Array>> {
  // The layer that is looked at is the second: a first one's input has no gradient.
  const spec: ModelSpec = {
    name: 'one convolution',
    input: { height: shape.side, width: shape.side, channels: 1 },
    layers: [
      { kind: 'conv', filters: shape.inputs, kernel: 1, padding: 0, bias: false },
      { kind: 'conv', filters: shape.outputs, kernel: 3, padding: shape.padding, bias: false },
      { kind: 'flatten' },
      { kind: 'dense', units: 2, bias: false },
    ],
  }
  const plan = compilePlan(spec, shape.images, 'train', 1, algorithm)
  const bench = await openBench(plan, build)
  const kernel = plan.parameters.tensors.find(({ layer }) => layer === 1)
  const operations = plan.phases.flatMap((phase) =>
    phase.kind === 'slices' ? phase.groups.flatMap((group) => group.operations) : [],
  )
  const flatten = operations.findIndex(({ kind }) => kind === 'flatten')
  const unflatten = operations.findIndex(({ kind }) => kind === 'unflatten')
  const [top, bottom, last] = [operations[flatten], operations[unflatten], operations.at(-1)]
  const stem = operations[1]
  if (top?.kind !== 'flatten' || bottom?.kind !== 'unflatten' || last?.kind !== 'filter-gradient')
    throw new RangeError('the plan has other operations than this test knows')
  if (stem?.kind !== 'convolve' || kernel === undefined) throw new RangeError('the plan begins otherwise')
  bench.floats(plan.roots.weights).set(numbers.kernel, kernel.offset)
  for (const phase of plan.update)
    if (phase.kind === 'ranges')
      for (const operation of phase.operations)
        if (operation.kind === 'pack' || operation.kind === 'winograd-pack') bench.run(operation, 0, 1, 0, 0)
  const forward = new Float32Array(numbers.gradient.length)
  const inputGradient = new Float32Array(numbers.input.length)
  for (let image = 0; image < shape.images; image++) {
    const fresh = image === 0 ? 1 : 0
    bench.copy(stem.output, image, numbers.input, 'in')
    for (const operation of operations.slice(2, flatten)) bench.run(operation, image, 1, 0, fresh)
    bench.copy(top.input, image, forward, 'out')
    bench.copy(bottom.output, image, numbers.gradient, 'in')
    for (const operation of operations.slice(unflatten + 1, -1)) bench.run(operation, image, 1, 0, fresh)
    bench.copy(last.gradient, image, inputGradient, 'out')
  }
  for (const phase of plan.phases)
    if (phase.kind === 'ranges')
      for (const operation of phase.operations)
        if (operation.kind === 'reduce' || operation.kind === 'winograd-reduce')
          bench.run(operation, 0, 1, 0, 0)
  const { offset, size } = kernel
  const filterGradient = bench.floats(plan.roots.gradient).slice(offset, offset + size)
  return { forward, inputGradient, filterGradient }
}

type Operation = Parameters<typeof kernelOf>[0]

/** A plan's memory with the kernels over it, to be called one by one. */
interface Bench {
  floats(region: Region): Float32Array
  /** An image of a tensor, from or into a dense array. */
  copy(tensor: Tensor, image: number, dense: Float32Array, way: 'in' | 'out'): void
  run(operation: Operation, ...args: readonly [number, number, number, number]): void
}

async function openBench(plan: Plan, build: Build): Promise<Bench> {
  const shared = 65536
  const scratch = shared + plan.memory.sharedBytes
  const descriptor = scratch + plan.memory.scratchBytes
  const pages = Math.ceil(descriptor / 65536) + 1
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const { exports } = await WebAssembly.instantiate(await nodeHost.loadKernels(build), { env: { memory } })
  const at = { plan, shared, scratch }
  for (const { map, mapRegion } of plan.orders)
    new Int32Array(memory.buffer, regionAt(at, mapRegion), map.length).set(map)
  return {
    floats: (region) => new Float32Array(memory.buffer, regionAt(at, region), region.bytes / 4),
    copy(tensor, image, dense, way) {
      const { height, width, channels, lanes, pad } = tensor
      const place = plan.memory.tensors.get(tensor)
      if (place === undefined) throw new RangeError(`${tensor.name} has no place`)
      const start = place.scope === 'shared' ? shared + image * imageBytes(tensor) : scratch
      const stored = new Float32Array(memory.buffer, start + place.offset, imageBytes(tensor) / 4)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let c = 0; c < channels; c++) {
            const from = ((image * height + y) * width + x) * channels + c
            const to = (y * (width + 2 * pad) + pad + x) * lanes + c
            if (way === 'in') stored[to] = dense[from]!
            else dense[from] = stored[to]!
          }
    },
    run(operation, ...args) {
      new Int32Array(memory.buffer, descriptor, DESCRIPTOR_WORDS).set(encode(operation, at))
      const kernel = exports[kernelOf(operation)] as (descriptor: number, ...rest: number[]) => void
      kernel(descriptor, ...args)
    },
  }
}
