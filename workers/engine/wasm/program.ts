/**
 * A plan as the kernels' calls: plain data that any thread can bind to its own instance of the kernels. Phases become stages
 * of units (slices, or shares of ranges) that threads take in any order; what must be done once after a stage is done by
 * whoever finishes its last unit.
 */
import type { Phase, Plan, Slice } from '../plan'
import { RANGE_UNITS } from '../plan'
import type { KernelName } from './encode'
import { kernelOf } from './encode'

/** One kernel over one descriptor. Not bound, C is null; bound, it is the function. */
interface Call<C> {
  readonly name: KernelName
  readonly kernel: C
  readonly descriptor: number
}

interface Block<C> {
  readonly images: number
  readonly calls: readonly Call<C>[]
}

interface Stage<C> {
  readonly work:
    | { readonly kind: 'slices'; readonly blocks: readonly Block<C>[] }
    | { readonly kind: 'ranges'; readonly calls: readonly Call<C>[] }
  readonly units: number
  /** Once, after the last unit. */
  readonly after: readonly Call<C>[]
}

/** The stages of each job a step (or a prediction) is made of. */
interface Stages<C> {
  readonly forward: readonly Stage<C>[]
  readonly update: readonly Stage<C>[]
}

/** Jobs by the number that stands for them in shared memory. */
export const JOBS = ['forward', 'update'] as const
export type Job = (typeof JOBS)[number]

/** What a thread needs to know, structured-cloneable. */
export interface Program {
  readonly slices: readonly Slice[]
  readonly batch: number
  readonly stages: Stages<null>
}

/** Arguments after the descriptor: slices (first, count, slice, fresh), ranges (unit, units, count), once none. */
type Kernel = (descriptor: number, a: number, b: number, c: number, d: number) => void
export type BoundStage = Stage<Kernel>

/** A program over one instance of the kernels. */
export interface BoundProgram {
  readonly slices: readonly Slice[]
  readonly batch: number
  readonly stages: Stages<Kernel>
}

type Operation = Parameters<typeof kernelOf>[0]

/** @param place writes an operation's descriptor and returns its address */
export function programOf(plan: Plan, place: (operation: Operation) => number): Program {
  const call = (operation: Operation): Call<null> => ({
    name: kernelOf(operation),
    kernel: null,
    descriptor: place(operation),
  })
  const stagesOf = (phases: readonly Phase[]): Stage<null>[] => {
    const stages: Stage<null>[] = []
    for (const phase of phases) {
      const previous = stages.at(-1)
      if (phase.kind === 'slices') {
        const blocks = phase.groups.map(({ block, operations }) => ({
          images: block,
          calls: operations.map(call),
        }))
        stages.push({ work: { kind: 'slices', blocks }, units: plan.slices.length, after: [] })
      } else if (phase.kind === 'ranges')
        stages.push({
          work: { kind: 'ranges', calls: phase.operations.map(call) },
          units: RANGE_UNITS,
          after: [],
        })
      else if (previous !== undefined)
        stages[stages.length - 1] = {
          ...previous,
          after: [...previous.after, ...phase.operations.map(call)],
        }
      else throw new RangeError('a plan cannot begin with what is done after something')
    }
    return stages
  }
  return {
    slices: plan.slices,
    batch: plan.batch,
    stages: { forward: stagesOf(plan.phases), update: stagesOf(plan.update) },
  }
}

/** @throws RangeError when the kernels lack one that the program calls */
export function bindProgram(program: Program, exports: WebAssembly.Exports): BoundProgram {
  const bind = ({ name, descriptor }: Call<null>): Call<Kernel> => {
    const kernel = exports[name]
    if (typeof kernel !== 'function')
      throw new RangeError(`the kernels lack ${name}: build them again with npm run build:wasm`)
    return { name, kernel: kernel as Kernel, descriptor }
  }
  return mapCalls(program, bind)
}

/** The same program with every call's kernel replaced. */
export function mapCalls<A, B>(
  program: { readonly slices: readonly Slice[]; readonly batch: number; readonly stages: Stages<A> },
  change: (call: Call<A>) => Call<B>,
): { readonly slices: readonly Slice[]; readonly batch: number; readonly stages: Stages<B> } {
  const stage = ({ work, units, after }: Stage<A>): Stage<B> => ({
    work:
      work.kind === 'slices'
        ? {
            kind: 'slices',
            blocks: work.blocks.map(({ images, calls }) => ({ images, calls: calls.map(change) })),
          }
        : { kind: 'ranges', calls: work.calls.map(change) },
    units,
    after: after.map(change),
  })
  const { forward, update } = program.stages
  return {
    slices: program.slices,
    batch: program.batch,
    stages: { forward: forward.map(stage), update: update.map(stage) },
  }
}

/**
 * One unit of a stage. Of a slice each group of operations takes a block of images through all of them before the next block.
 *
 * @param count images that are there, of the batch's first
 */
export function runUnit(
  program: BoundProgram,
  { work, units }: BoundStage,
  unit: number,
  count: number,
): void {
  if (work.kind === 'ranges') {
    for (const { kernel, descriptor } of work.calls) kernel(descriptor, unit, units, program.batch, 0)
    return
  }
  const slice = program.slices[unit]
  if (slice === undefined) return
  const end = Math.min(slice.first + slice.count, count)
  for (const { images: block, calls } of work.blocks)
    for (let first = slice.first; first < end; first += block) {
      const images = Math.min(block, end - first)
      const fresh = first === slice.first ? 1 : 0
      for (const { kernel, descriptor } of calls) kernel(descriptor, first, images, unit, fresh)
    }
}

export function runAfter({ after }: BoundStage): void {
  for (const { kernel, descriptor } of after) kernel(descriptor, 0, 0, 0, 0)
}

/** Stages one after the other on this thread. */
export function runAlone(program: BoundProgram, stages: readonly BoundStage[], count: number): void {
  for (const stage of stages) {
    for (let unit = 0; unit < stage.units; unit++) runUnit(program, stage, unit, count)
    runAfter(stage)
  }
}
