/**
 * A plan made runnable: memory of exactly the size it needs, the kernels instantiated over it, a descriptor an operation.
 * Running a phase allocates nothing.
 */
import { OutOfMemoryError, type ThreadSupport } from '../contract'
import type { Operation, Plan, Region } from '../plan'
import { clearWords, crewBytes, endCrew, runTogether } from './crew'
import { DESCRIPTOR_WORDS, encode } from './encode'
import type { BoundProgram, Job, Program } from './program'
import { bindProgram, mapCalls, programOf, runAlone } from './program'
import type { Crew } from './threads'
import { startCrew } from './threads'
import { regionAt } from './views'

/** The kernels keep their constant tables below this. */
const RESERVED_BYTES = 64 * 1024
const PAGE_BYTES = 64 * 1024
const DESCRIPTOR_BYTES = DESCRIPTOR_WORDS * 4

export interface Runtime {
  readonly plan: Plan
  /**
   * Runs the plan's forward (and backward) phases over the images `0 … count − 1` of the staged batch.
   * @throws ThreadLostError when a thread ended in the middle of it: this runtime is of no more use then
   */
  run(count: number): void
  /** The same on this thread alone, whatever threads there are: to wake them costs more than a few images. */
  runAlone(count: number): void
  /** From the gradient to packed weights. @throws ThreadLostError as `run` does */
  update(): void
  /** Packs the weights as they stand, on this thread alone. */
  pack(): void
  bytes(region: Region): Uint8Array
  floats(region: Region): Float32Array
  integers(region: Region): Int32Array
  doubles(region: Region): Float64Array
  /** Why its further threads can no longer be relied on, or null. */
  lost(): string | null
  /** A whole step on this thread alone, with time taken around every call: milliseconds of each operation. */
  profile(now: () => number): ReadonlyMap<Operation, number>
  /** Rows of a shared tensor of one pixel an image, its padding lanes left out. */
  readLogits(count: number, into: Float32Array): void
  dispose(): void
}

/**
 * Instantiates the kernels over fresh memory for a plan.
 *
 * @param threads 1, or more where `support` can start them
 * @throws OutOfMemoryError when the plan needs more than WebAssembly has or the machine gives; Error when a thread does not start
 */
export async function createRuntime(
  plan: Plan,
  module: WebAssembly.Module,
  support: ThreadSupport,
  threads: number,
): Promise<Runtime> {
  const places = layOut(plan, threads)
  const memory = allocate(places.bytes, plan)
  for (const { map, mapRegion } of plan.orders)
    new Int32Array(memory.buffer, regionAt({ plan, shared: places.shared }, mapRegion), map.length).set(map)
  const words = new Int32Array(memory.buffer, places.words, crewBytes(threads) / 4)
  clearWords(words)
  const instance = await WebAssembly.instantiate(module, { env: { memory } })
  if (threads < 1) throw new RangeError(`an engine needs at least one thread, found ${threads}`)
  const operations = new Map<number, Operation>()
  const own = writeProgram(plan, memory, places, 0, operations)
  const others = Array.from({ length: threads - 1 }, (_, index) =>
    writeProgram(plan, memory, places, index + 1, operations),
  )
  const program = bindProgram(own, instance.exports)
  const crew =
    threads === 1 || support.kind === 'none'
      ? null
      : await startCrew(
          support,
          others.map((other, index) => ({
            module,
            memory,
            program: other,
            words: { offset: places.words, length: words.length },
            thread: index + 1,
          })),
        )
  const together = crew === null ? null : { crew, words }
  return wrap({ plan, memory, shared: places.shared, program, operations }, together)
}

/** Byte addresses of what lies in an engine's memory. */
interface Places {
  readonly shared: number
  /** One after the other, a thread each. */
  readonly scratch: number
  readonly descriptors: number
  readonly descriptorBytes: number
  readonly words: number
  readonly bytes: number
}

function layOut(plan: Plan, threads: number): Places {
  const shared = RESERVED_BYTES
  const scratch = shared + plan.memory.sharedBytes
  const descriptors = scratch + plan.memory.scratchBytes * threads
  // Threads never write to one cache line by turns: what each has ends where a line does.
  const descriptorBytes = Math.ceil((operationCount(plan) * DESCRIPTOR_BYTES) / 64) * 64
  const words = descriptors + descriptorBytes * threads
  return { shared, scratch, descriptors, descriptorBytes, words, bytes: words + crewBytes(threads) }
}

/** Writes the descriptors of one thread, and notes which operation each address stands for. */
function writeProgram(
  plan: Plan,
  memory: WebAssembly.Memory,
  places: Places,
  thread: number,
  operations: Map<number, Operation>,
): Program {
  const at = { plan, shared: places.shared, scratch: places.scratch + thread * plan.memory.scratchBytes }
  let next = places.descriptors + thread * places.descriptorBytes
  return programOf(plan, (operation) => {
    const descriptor = next
    next += DESCRIPTOR_BYTES
    operations.set(descriptor, operation)
    new Int32Array(memory.buffer, descriptor, DESCRIPTOR_WORDS).set(encode(operation, at))
    return descriptor
  })
}

interface Parts {
  readonly plan: Plan
  readonly memory: WebAssembly.Memory
  readonly shared: number
  readonly program: BoundProgram
  readonly operations: ReadonlyMap<number, Operation>
}

function wrap(
  { plan, memory: owned, shared, program, operations }: Parts,
  together: { readonly crew: Crew; readonly words: Int32Array } | null,
): Runtime {
  let memory: WebAssembly.Memory | null = owned
  function buffer(): ArrayBuffer {
    if (memory === null) throw new Error('this engine was disposed of: create another one')
    return memory.buffer
  }
  function run(job: Job, count: number): void {
    buffer()
    if (together === null) runAlone(program, program.stages[job], count)
    else runTogether({ words: together.words, thread: 0, program }, job, count)
  }
  const at = (region: Region) => regionAt({ plan, shared }, region)
  return {
    plan,
    run: (count) => run('forward', count),
    runAlone(count) {
      buffer()
      runAlone(program, program.stages.forward, count)
    },
    update: () => run('update', plan.batch),
    pack() {
      buffer()
      runAlone(program, program.stages.update.slice(-1), plan.batch)
    },
    lost: () => together?.crew.lost() ?? null,
    bytes: (region) => new Uint8Array(buffer(), at(region), region.bytes),
    floats: (region) => new Float32Array(buffer(), at(region), region.bytes / 4),
    integers: (region) => new Int32Array(buffer(), at(region), region.bytes / 4),
    doubles: (region) => new Float64Array(buffer(), at(region), region.bytes / 8),
    profile(now) {
      buffer()
      const times = new Map<Operation, number>()
      const timed = timedProgram(program, now, (descriptor, milliseconds) => {
        const operation = operations.get(descriptor)
        if (operation !== undefined) times.set(operation, (times.get(operation) ?? 0) + milliseconds)
      })
      runAlone(timed, timed.stages.forward, plan.batch)
      runAlone(timed, timed.stages.update, plan.batch)
      return times
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
      if (together === null) return
      endCrew(together.words)
      together.crew.end()
    },
  }
}

function timedProgram(
  program: BoundProgram,
  now: () => number,
  note: (descriptor: number, milliseconds: number) => void,
): BoundProgram {
  return mapCalls(program, (call) => ({
    ...call,
    kernel(descriptor, a, b, c, d) {
      const start = now()
      call.kernel(descriptor, a, b, c, d)
      note(descriptor, now() - start)
    },
  }))
}

function operationCount(plan: Plan): number {
  let count = 0
  programOf(plan, () => count++)
  return count
}

/**
 * Shared memory, so that a pool of threads can work in it; one size for life.
 * @throws OutOfMemoryError
 */
function allocate(bytes: number, plan: Plan): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES)
  const mebibytes = Math.ceil(bytes / 2 ** 20)
  const what = `${plan.spec.name} at batch ${plan.batch} needs ${mebibytes} MiB`
  if (pages > 65536)
    throw new OutOfMemoryError(`${what}, more than the 4096 MiB of WebAssembly: use a smaller batch`)
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  } catch (error) {
    throw new OutOfMemoryError(`${what}, which could not be had: use a smaller batch`, { cause: error })
  }
}
