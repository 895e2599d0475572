/** What operations are called where a person reads how long they took. */
import type { ModelSpec } from '../../src/domain/model/spec'
import type { StepProfile } from '../../src/domain/training/events'
import type { Operation, Owner, Plan } from './plan'

const NO_OWNER: Owner = { layer: null, backward: false }

/** Adds up the times of operations that bear one name in one layer, in the order in which they come. */
export function sumByName(
  { spec, owners }: Pick<Plan, 'spec' | 'owners'>,
  times: ReadonlyMap<Operation, number>,
): StepProfile['operations'] {
  const sums = new Map<string, StepProfile['operations'][number]>()
  for (const [operation, milliseconds] of times) {
    const owner = owners.get(operation) ?? NO_OWNER
    const { layer } = owner
    const name = nameOf(operation, owner, spec)
    const key = `${String(layer)} ${name}`
    const before = sums.get(key)?.milliseconds ?? 0
    sums.set(key, { operation: name, layer, milliseconds: before + milliseconds })
  }
  return [...sums.values()]
}

function nameOf(operation: Operation, { layer, backward }: Owner, spec: ModelSpec): string {
  const back = (name: string) => (backward ? `${name}, backward` : name)
  switch (operation.kind) {
    case 'augment':
      return 'augmentation'
    case 'gather':
      return 'normalised pixels'
    case 'convolve':
    case 'winograd-multiply':
    case 'winograd-output':
      if (backward) return 'input gradient'
      return layer !== null && spec.layers[layer]?.kind === 'dense' ? 'dense' : 'convolution'
    case 'winograd-input':
      return backward ? 'filter gradient' : 'convolution'
    case 'winograd-gradient':
      return 'gradient tiles'
    case 'winograd-input-gradient':
    case 'pooled-input-gradient':
      return 'input gradient'
    case 'filter-gradient':
    case 'filter-gradient-range':
    case 'winograd-filter-gradient':
    case 'pooled-filter-gradient':
      return 'filter gradient'
    case 'finish':
      return 'bias and activation'
    case 'apply':
    case 'undo':
      return back(operation.norm !== null ? 'batch norm' : operation.mask === null ? 'activation' : 'dropout')
    case 'undo-normalised':
    case 'norm-forward':
    case 'norm-backward':
      return back('batch norm')
    case 'dropout-mask':
      return 'dropout mask'
    case 'max-pool':
    case 'max-unpool':
      return back('max pool')
    case 'average-pool':
    case 'average-unpool':
      return back('average pool')
    case 'flatten':
    case 'unflatten':
      return back('flatten')
    case 'loss':
      return 'loss'
    case 'reduce':
    case 'winograd-reduce':
    case 'reduce-sums':
      return 'gradient sums'
    case 'gradient-norm':
    case 'clip':
      return 'gradient norm'
    case 'optimize':
      return 'optimizer'
    case 'average':
      return 'moving average'
    case 'pack':
    case 'winograd-pack':
      return 'weight packing'
  }
}
