import { PARAM_RULES } from './rules'
import type { AugmentParams, StudioParams, TrainParams } from './schema'

/** A parameter of a run's recipe, as params.yaml and an address name it. */
export type RecipePath = `train.${keyof TrainParams}` | `augment.${keyof AugmentParams}`

/** What a person typed, parameter by parameter; one that is missing was not touched. */
export type RecipeDraft = Readonly<Partial<Record<RecipePath, string>>>

export type ParamValue = string | number | boolean

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function isRecipePath(path: string): path is RecipePath {
  return /^(train|augment)\./.test(path) && PARAM_RULES.has(path)
}

/** Every parameter of a recipe, by path, in the order of params.yaml. */
export function recipeEntries(
  params: Pick<StudioParams, 'train' | 'augment'>,
): readonly (readonly [RecipePath, ParamValue])[] {
  const { train, augment } = params
  return Object.entries<Readonly<Record<string, ParamValue>>>({ train, augment }).flatMap(
    ([section, values]) =>
      Object.entries(values).flatMap(([key, value]) => {
        const path = `${section}.${key}`
        // A run of another build may hold a parameter that this one does not know.
        return isRecipePath(path) ? [[path, value] as const] : []
      }),
  )
}

/** What differs from `base`, as if a person had typed it. */
export function draftTo(
  wanted: Iterable<readonly [RecipePath, ParamValue]>,
  base: Pick<StudioParams, 'train' | 'augment'>,
): RecipeDraft {
  const before = new Map(recipeEntries(base))
  return Object.fromEntries(
    [...wanted]
      .filter(([path, value]) => before.get(path) !== value)
      .map(([path, value]) => [path, String(value)]),
  )
}

/**
 * The draft as a layer of parameters: sections of keys, numbers as numbers, and what is no number as it was typed, so that
 * `resolveParams` names it.
 */
export function draftLayer(draft: RecipeDraft): Record<string, Record<string, ParamValue>> {
  const layer: Record<string, Record<string, ParamValue>> = {}
  for (const [path, text] of Object.entries(draft)) {
    const [section = '', key = ''] = path.split('.')
    layer[section] = { ...layer[section], [key]: readTyped(path, text.trim()) }
  }
  return layer
}

function readTyped(path: string, text: string): ParamValue {
  switch (PARAM_RULES.get(path)?.kind) {
    case 'integer':
    case 'number':
      return NUMBER.test(text) ? Number(text) : text
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : text
    case 'text':
    case 'list':
    case undefined:
      return text
  }
}
