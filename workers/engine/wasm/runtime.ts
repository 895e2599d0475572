/**
 * A plan made runnable: memory of exactly the size it needs, the kernels instantiated over it, a descriptor an operation.
 * Running a phase allocates nothing.
 */
import type { Group, Phase, Plan, Region, Slice, SliceOperation } from '../plan'
import { DESCRIPTOR_WORDS, encode, type KernelName, kernelOf, regionAt } from './encode'

/** The kernels keep their constant tables below this. */
const RESERVED_BYTES = 64 * 1024
const PAGE_BYTES = 64 * 1024
const DESCRIPTOR_BYTES = DESCRIPTOR_WORDS * 4
/** Work over ranges is cut into this many units, however many threads there are. */
const RANGE_UNITS = 16

/** Arguments after the descriptor: slices (first, count, slice, fresh), ranges (unit, units, count), once none. */
type Kernel = (descriptor: number, a: number, b: number, c: number, d: number) => void

interface Call {
  readonly kernel: Kernel
  readonly name: KernelName
  readonly descriptor: number
}

type BoundPhase =
  | {
      readonly kind: 'slices'
      readonly groups: readonly { readonly block: number; readonly calls: readonly Call[] }[]
    }
  | { readonly kind: 'once' | 'ranges'; readonly calls: readonly Call[] }

/** Milliseconds of each kernel, added up while measuring. */
export type Profile = Map<KernelName, number>

export interface Runtime {
  readonly plan: Plan
  /** Runs the plan's forward (and backward) phases over the images `0 … count − 1` of the staged batch. */
  run(count: number): void
  /** Runs the update phases after the one named first: `sgd` and packing, or packing alone. */
  update(from: 'sgd' | 'pack'): void
  bytes(region: Region): Uint8Array
  floats(region: Region): Float32Array
  integers(region: Region): Int32Array
  doubles(region: Region): Float64Array
  /** The same as `run` with time taken around every call. */
  profile(count: number, now: () => number, into: Profile): void
  /** Rows of a shared tensor of one pixel an image, its padding lanes left out. */
  readLogits(count: number, into: Float32Array): void
  dispose(): void
}

/**
 * Instantiates the kernels over fresh memory for a plan.
 * @throws RangeError when the plan needs more memory than WebAssembly has or the machine gives
 */
export async function createRuntime(plan: Plan, module: WebAssembly.Module): Promise<Runtime> {
  const operations = operationCount(plan)
  const shared = RESERVED_BYTES
  const scratch = shared + plan.memory.sharedBytes
  const descriptors = scratch + plan.memory.scratchBytes
  const memory = allocate(descriptors + operations * DESCRIPTOR_BYTES, plan)
  const instance = await WebAssembly.instantiate(module, { env: { memory } })
  let next = descriptors

  function bind(operation: Parameters<typeof encode>[0]): Call {
    const name = kernelOf(operation)
    const kernel = instance.exports[name]
    if (typeof kernel !== 'function')
      throw new RangeError(`the kernels lack ${name}: build them again with npm run build:wasm`)
    const descriptor = next
    next += DESCRIPTOR_BYTES
    new Int32Array(memory.buffer, descriptor, DESCRIPTOR_WORDS).set(
      encode(operation, { plan, shared, scratch }),
    )
    return { kernel: kernel as Kernel, name, descriptor }
  }

  function bindPhase(phase: Phase): BoundPhase {
    return phase.kind === 'slices'
      ? { kind: 'slices', groups: phase.groups.map(bindGroup) }
      : { kind: phase.kind, calls: phase.operations.map((operation) => bind(operation)) }
  }

  function bindGroup(group: Group): { block: number; calls: Call[] } {
    return { block: group.block, calls: group.operations.map((operation: SliceOperation) => bind(operation)) }
  }

  const bound = { forward: plan.phases.map(bindPhase), update: plan.update.map(bindPhase) }
  for (const { map, mapRegion } of plan.packings)
    new Int32Array(memory.buffer, regionAt({ plan, shared }, mapRegion), map.length).set(map)
  return wrap(plan, memory, shared, bound)
}

function wrap(
  plan: Plan,
  owned: WebAssembly.Memory,
  shared: number,
  phases: { readonly forward: readonly BoundPhase[]; readonly update: readonly BoundPhase[] },
): Runtime {
  let memory: WebAssembly.Memory | null = owned
  function buffer(): ArrayBuffer {
    if (memory === null) throw new Error('this engine was disposed of: create another one')
    return memory.buffer
  }
  const at = (region: Region) => regionAt({ plan, shared }, region)
  return {
    plan,
    run(count) {
      buffer()
      for (const phase of phases.forward) runPhase(phase, plan, count)
    },
    update(from) {
      buffer()
      const { update } = phases
      for (let i = from === 'pack' ? update.length - 1 : 0; i < update.length; i++) {
        const phase = update[i]
        if (phase !== undefined) runPhase(phase, plan, plan.batch)
      }
    },
    bytes: (region) => new Uint8Array(buffer(), at(region), region.bytes),
    floats: (region) => new Float32Array(buffer(), at(region), region.bytes / 4),
    integers: (region) => new Int32Array(buffer(), at(region), region.bytes / 4),
    doubles: (region) => new Float64Array(buffer(), at(region), region.bytes / 8),
    profile(count, now, into) {
      buffer()
      const timed = timedPhases([...phases.forward, ...phases.update], now, into)
      for (const phase of timed) runPhase(phase, plan, count)
    },
    readLogits(count, into) {
      const { logits } = plan
      const offset = shared + (plan.memory.tensors.get(logits)?.offset ?? 0)
      const rows = new Float32Array(buffer(), offset, logits.lanes * count)
      for (let row = 0; row < count; row++)
        for (let channel = 0; channel < logits.channels; channel++)
          into[row * logits.channels + channel] = rows[row * logits.lanes + channel] ?? 0
    },
    dispose() {
      memory = null
    },
  }
}

function runPhase(phase: BoundPhase, plan: Plan, count: number): void {
  if (phase.kind === 'slices') {
    for (let s = 0; s < plan.slices.length; s++) {
      const slice = plan.slices[s]
      if (slice !== undefined) runSlice(phase, slice, s, count)
    }
    return
  }
  for (const { kernel, descriptor } of phase.calls) {
    if (phase.kind === 'once') kernel(descriptor, 0, 0, 0, 0)
    else for (let unit = 0; unit < RANGE_UNITS; unit++) kernel(descriptor, unit, RANGE_UNITS, plan.batch, 0)
  }
}

/** One slice through a phase: each group takes a block of images through all its operations before the next block. */
function runSlice(
  phase: Extract<BoundPhase, { kind: 'slices' }>,
  slice: Slice,
  index: number,
  count: number,
): void {
  const end = Math.min(slice.first + slice.count, count)
  for (const { block, calls } of phase.groups)
    for (let first = slice.first; first < end; first += block) {
      const images = Math.min(block, end - first)
      const fresh = first === slice.first ? 1 : 0
      for (const { kernel, descriptor } of calls) kernel(descriptor, first, images, index, fresh)
    }
}

function timedPhases(phases: readonly BoundPhase[], now: () => number, into: Profile): BoundPhase[] {
  function timed(call: Call): Call {
    return {
      ...call,
      kernel(descriptor, a, b, c, d) {
        const start = now()
        call.kernel(descriptor, a, b, c, d)
        into.set(call.name, (into.get(call.name) ?? 0) + now() - start)
      },
    }
  }
  return phases.map((phase) =>
    phase.kind === 'slices'
      ? {
          kind: 'slices',
          groups: phase.groups.map((group) => ({ block: group.block, calls: group.calls.map(timed) })),
        }
      : { kind: phase.kind, calls: phase.calls.map(timed) },
  )
}

function operationCount(plan: Plan): number {
  return [...plan.phases, ...plan.update].reduce(
    (sum, phase) =>
      sum +
      (phase.kind === 'slices'
        ? phase.groups.reduce((inner, group) => inner + group.operations.length, 0)
        : phase.operations.length),
    0,
  )
}

/** Shared memory, so that a pool of threads can work in it; one size for life. */
function allocate(bytes: number, plan: Plan): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES)
  const mebibytes = Math.ceil(bytes / 2 ** 20)
  const what = `${plan.spec.name} at batch ${plan.batch} needs ${mebibytes} MiB`
  if (pages > 65536)
    throw new RangeError(`${what}, more than the 4096 MiB of WebAssembly: use a smaller batch`)
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  } catch (error) {
    throw new RangeError(`${what}, which could not be had: use a smaller batch`, { cause: error })
  }
}
