import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import { recipeEntries, type RecipePath } from '../../domain/params/draft'
import type { Run } from '../../domain/registry/records'

/** What a reader looks for first, whether it is the default or not. */
const ALWAYS: ReadonlySet<RecipePath> = new Set<RecipePath>([
  'train.preset',
  'train.epochs',
  'train.batch_size',
  'train.optimizer',
  'train.lr',
  'train.scheduler',
  'train.seed',
])

interface RecipeFact {
  /** The parameter's path. */
  readonly name: RecipePath
  readonly value: string
}

/** A run's recipe: all of it, and the part that differs from the defaults with the few that are always looked for. */
export function recipeFacts(run: Pick<Run, 'params' | 'augment'>): {
  readonly telling: readonly RecipeFact[]
  readonly all: readonly RecipeFact[]
} {
  const defaults = new Map(recipeEntries(DEFAULT_PARAMS))
  const entries = recipeEntries({ train: run.params, augment: run.augment })
  const telling = entries.filter(([path, value]) => ALWAYS.has(path) || value !== defaults.get(path))
  return { telling: telling.map(factOf), all: entries.map(factOf) }
}

function factOf([name, value]: readonly [RecipePath, string | number | boolean]): RecipeFact {
  return { name, value: String(value) }
}
