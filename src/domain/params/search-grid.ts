import { recipeEntries, type ParamValue, type RecipePath } from './draft'
import type { ParamProblem } from './problems'
import { resolveParams } from './resolve'
import { PARAM_RULES } from './rules'
import type { StudioParams } from './schema'

/** A parameter, and the values of it to try. */
export interface GridAxis {
  readonly path: RecipePath
  readonly values: readonly ParamValue[]
}

/** What one trial changes, by path. */
export type TrialChanges = Readonly<Partial<Record<RecipePath, ParamValue>>>

type Recipe = Pick<StudioParams, 'train' | 'augment'>

/** The lists of the `search` section, in the order of the recipe's parameters. */
export function gridAxes({ search, train, augment }: Pick<StudioParams, 'search' | 'train' | 'augment'>) {
  const lists: Readonly<Record<string, unknown>> = search
  return recipeEntries({ train, augment }).flatMap(([path]): GridAxis[] => {
    const values = lists[PARAM_RULES.get(path)?.key ?? '']
    return isValues(values) ? [{ path, values }] : []
  })
}

function isValues(values: unknown): values is readonly ParamValue[] {
  return Array.isArray(values)
}

export type GridExpansion =
  | { readonly ok: true; readonly trials: readonly TrialChanges[] }
  | { readonly ok: false; readonly message: string }

/** Every combination of the axes' values, the last axis turning fastest. */
export function expandGrid(axes: readonly GridAxis[], maxTrials: number): GridExpansion {
  if (axes.length === 0)
    return { ok: false, message: 'A search needs at least one parameter with values to try.' }
  for (const { path, values } of axes) {
    const twice = values.find((value, index) => values.indexOf(value) !== index)
    if (twice !== undefined)
      return {
        ok: false,
        message: `${path} lists ${twice} twice, and the same recipe gives the same weights.`,
      }
  }
  const count = axes.reduce((product, { values }) => product * values.length, 1)
  if (count > maxTrials)
    return {
      ok: false,
      message: `These are ${count} trials, and search.max_trials allows ${maxTrials}. Take values out, or raise it.`,
    }
  const trials = axes.reduce<TrialChanges[]>(
    (before, { path, values }) =>
      before.flatMap((changes) => values.map((value) => ({ ...changes, [path]: value }))),
    [{}],
  )
  return { ok: true, trials }
}

export type TrialRecipe =
  | { readonly ok: true; readonly params: Recipe }
  | { readonly ok: false; readonly problems: readonly ParamProblem[] }

/** The base with a trial's changes, checked as any recipe is. `presets` are the names `train.preset` may take. */
export function trialRecipe(
  base: Recipe,
  changes: Readonly<Record<string, ParamValue>>,
  presets: readonly string[],
): TrialRecipe {
  const { train, augment } = base
  const sections: Record<string, Record<string, ParamValue>> = {}
  for (const [path, value] of Object.entries(changes)) {
    const [section = '', key = ''] = path.split('.')
    sections[section] = { ...sections[section], [key]: value }
  }
  const resolution = resolveParams(
    [
      { origin: 'form', values: { train, augment } },
      { origin: 'form', values: sections },
    ],
    presets,
  )
  if (!resolution.ok) return resolution
  return { ok: true, params: { train: resolution.params.train, augment: resolution.params.augment } }
}
