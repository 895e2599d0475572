import type { ParamValue, RecipeDraft, RecipePath } from '../../domain/params/draft'
import { draftLayer } from '../../domain/params/draft'
import type { ParamLayer } from '../../domain/params/layers'
import { presetNames } from '../../domain/model/presets'
import { resolveParams } from '../../domain/params/resolve'
import { expandGrid, gridAxes, type GridAxis, type TrialChanges } from '../../domain/params/search-grid'
import type { StudioParams } from '../../domain/params/schema'

/** A line of the form: a parameter, and its values as they are typed. */
export interface AxisDraft {
  readonly path: RecipePath
  readonly text: string
}

/** The lists of params.yaml and the address as the form shows them. */
export function axisDrafts(params: StudioParams): readonly AxisDraft[] {
  return gridAxes(params).map(({ path, values }) => ({ path, text: values.join(', ') }))
}

export type ReadGrid =
  | { readonly ok: true; readonly trials: readonly TrialChanges[] }
  | {
      readonly ok: false
      readonly problems: ReadonlyMap<RecipePath, string>
      readonly message: string | null
    }

/** The trials that the form's lines make, or what is wrong: at a line, or with all of them. */
export function readGrid(axes: readonly AxisDraft[], maxTrials: number): ReadGrid {
  const problems = new Map<RecipePath, string>()
  const read: GridAxis[] = []
  for (const { path, text } of axes) {
    const found = readValues(path, text)
    if (typeof found === 'string') problems.set(path, found)
    else read.push({ path, values: found })
  }
  if (problems.size > 0) return { ok: false, problems, message: null }
  const grid = expandGrid(read, maxTrials)
  return grid.ok ? grid : { ok: false, problems, message: grid.message }
}

/** The values of one line, or what is wrong with them in a sentence. */
function readValues(path: RecipePath, text: string): readonly ParamValue[] | string {
  const key = path.slice(path.indexOf('.') + 1)
  const entry = { kind: 'value', path: `search.${key}`, text, name: `search.${key}` } as const
  const layer: ParamLayer = { origin: 'form', entries: [entry] }
  const resolution = resolveParams([layer], presetNames)
  if (!resolution.ok) return resolution.problems.map(({ message }) => message).join(' ')
  return gridAxes(resolution.params).find((axis) => axis.path === path)?.values ?? []
}

/** The recipe every trial starts from: the one on Train, with other epochs where they are given. */
export function withEpochs(draft: RecipeDraft, epochs: string): Record<string, Record<string, ParamValue>> {
  return draftLayer(epochs.trim() === '' ? draft : { ...draft, 'train.epochs': epochs })
}
