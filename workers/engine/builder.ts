/** What a plan is written into: tensors, regions and phases under construction, and their final places in memory. */
import type {
  Activation,
  FilterTransform,
  Group,
  MemoryMap,
  OnceOperation,
  Operation,
  Order,
  Owner,
  Packing,
  Phase,
  RangeOperation,
  Region,
  SliceOperation,
  Sums,
  Tensor,
} from './plan'
import { imageBytes, orderBytes, tensorsOf } from './plan'
import { lanesOf } from './packing'

export const NO_ACTIVATION: Activation = { kind: 'none' }

/** A group's tensors should fit into a core's second-level cache beside the weights. */
const CACHE_BYTES = 384 * 1024
const ALIGNMENT = 64

interface OpenGroup {
  readonly flat: boolean
  readonly operations: SliceOperation[]
}

type OpenPhase =
  { readonly kind: 'slices'; readonly groups: OpenGroup[] } | Exclude<Phase, { kind: 'slices' }>

export class PlanBuilder {
  readonly batch: number
  readonly slices: number
  readonly orders: Order[] = []
  readonly packings: Packing[] = []
  readonly owners = new Map<Operation, Owner>()
  #owner: Owner = { layer: null, backward: false }
  #packers = new Map<Packing, Owner>()
  #phases: OpenPhase[] = []
  #regions: Region[] = []
  #tensors: Tensor[] = []
  #pinned = new Set<Tensor>()

  constructor(batch: number, slices: number) {
    this.batch = batch
    this.slices = slices
  }

  tensor(
    name: string,
    shape: { readonly height: number; readonly width: number; readonly channels: number },
    pad: number,
    lanes = lanesOf(shape.channels),
  ): Tensor {
    const { height, width, channels } = shape
    const tensor = { id: this.#tensors.length, name, height, width, channels, lanes, pad }
    this.#tensors.push(tensor)
    return tensor
  }

  /** Keeps a tensor in shared memory, whoever touches it. */
  pin(tensor: Tensor): void {
    this.#pinned.add(tensor)
  }

  region(name: string, bytes: number): Region {
    const region = { id: this.#regions.length, name, bytes }
    this.#regions.push(region)
    return region
  }

  sums(name: string, lanes: number): Sums {
    return { region: this.region(name, this.slices * 2 * lanes * 8), lanes }
  }

  order(name: string, map: Int32Array, filter: FilterTransform | null = null): Order {
    const order = { map, mapRegion: this.region(`${name} order`, map.length * 4), filter }
    this.orders.push(order)
    return order
  }

  packing(name: string, order: Order): Packing {
    const packing = { order, target: this.region(name, orderBytes(order)) }
    this.packings.push(packing)
    this.#packers.set(packing, this.#owner)
    return packing
  }

  /** Whose the operations are that are written from now on. */
  begin(owner: Owner): void {
    this.#owner = owner
  }

  /** Notes whose an operation is. */
  owned<O extends Operation>(operation: O, owner = this.#owner): O {
    this.owners.set(operation, owner)
    return operation
  }

  /** The operations that bring all weights into their kernels' orders. */
  packs(): readonly RangeOperation[] {
    return this.packings.map((packing) => {
      const kind = packing.order.filter === null ? 'pack' : 'winograd-pack'
      return this.owned<RangeOperation>({ kind, packing }, this.#packers.get(packing))
    })
  }

  /** Appends an operation over slices. Flat operations take a whole slice at a time, others as much as fits into cache. */
  slice(operation: SliceOperation, flat: boolean): void {
    this.owned(operation)
    let phase = this.#phases.at(-1)
    if (phase?.kind !== 'slices') {
      phase = { kind: 'slices', groups: [] }
      this.#phases.push(phase)
    }
    const group = phase.groups.at(-1)
    if (group?.flat === flat) group.operations.push(operation)
    else phase.groups.push({ flat, operations: [operation] })
  }

  /** Takes a tensor's sums: along with the pass that finishes it when that was the last operation, else in a pass of its own. */
  sumsOf(tensor: Tensor, sums: Sums, flat: boolean): void {
    const phase = this.#phases.at(-1)
    const operations = phase?.kind === 'slices' ? phase.groups.at(-1)?.operations : undefined
    const last = operations?.at(-1)
    if (operations !== undefined && last?.kind === 'finish' && last.tensor === tensor && last.sums === null)
      operations[operations.length - 1] = this.owned({ ...last, sums }, this.owners.get(last))
    else this.slice({ kind: 'finish', tensor, bias: null, activation: NO_ACTIVATION, sums }, flat)
  }

  once(operation: OnceOperation): void {
    this.#phases.push({ kind: 'once', operations: [this.owned(operation)] })
  }

  ranges(operations: readonly RangeOperation[]): void {
    if (operations.length > 0) this.#phases.push({ kind: 'ranges', operations })
  }

  /** The phases so far with their block sizes; `largestSlice` bounds a block. */
  finish(largestSlice: number): { phases: Phase[]; memory: MemoryMap } {
    const phases = this.#phases.map((phase): Phase =>
      phase.kind === 'slices'
        ? { kind: 'slices', groups: phase.groups.map((group) => sized(group, largestSlice)) }
        : phase,
    )
    return { phases, memory: this.#place(phases) }
  }

  #place(phases: readonly Phase[]): MemoryMap {
    const homes = tensorHomes(phases)
    const tensors = new Map<Tensor, { scope: 'shared' | 'thread'; offset: number }>()
    const regions = new Map<Region, number>()
    let sharedBytes = 0
    let scratchBytes = 0
    for (const region of this.#regions) {
      regions.set(region, sharedBytes)
      sharedBytes += aligned(region.bytes)
    }
    for (const tensor of this.#tensors) {
      const [home, ...others] = homes.get(tensor) ?? []
      if (home !== undefined && home !== null && others.length === 0 && !this.#pinned.has(tensor)) {
        tensors.set(tensor, { scope: 'thread', offset: scratchBytes })
        scratchBytes += aligned(imageBytes(tensor) * home.block)
      } else {
        tensors.set(tensor, { scope: 'shared', offset: sharedBytes })
        sharedBytes += aligned(imageBytes(tensor) * this.batch)
      }
    }
    return { tensors, regions, sharedBytes, scratchBytes }
  }
}

/** The groups that touch each tensor; null stands for a phase over ranges. */
function tensorHomes(phases: readonly Phase[]): Map<Tensor, (Group | null)[]> {
  const homes = new Map<Tensor, (Group | null)[]>()
  function note(home: Group | null, operation: SliceOperation | RangeOperation): void {
    for (const tensor of tensorsOf(operation)) {
      const known = homes.get(tensor)
      if (known === undefined) homes.set(tensor, [home])
      else if (!known.includes(home)) known.push(home)
    }
  }
  for (const phase of phases) {
    if (phase.kind === 'slices')
      for (const group of phase.groups) for (const operation of group.operations) note(group, operation)
    else if (phase.kind === 'ranges') for (const operation of phase.operations) note(null, operation)
  }
  return homes
}

function sized(group: OpenGroup, largestSlice: number): Group {
  const { flat, operations } = group
  const touched = new Set(operations.flatMap((operation) => tensorsOf(operation)))
  const bytes = [...touched].reduce((sum, tensor) => sum + imageBytes(tensor), 0)
  const fitting = Math.max(1, Math.floor(CACHE_BYTES / Math.max(1, bytes)))
  return { block: flat ? largestSlice : Math.min(fitting, largestSlice), operations }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}
