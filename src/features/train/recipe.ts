import type { ParamsResolution } from '../../domain/params/resolve'
import type { TrainParams } from '../../domain/params/schema'

export type RecipeKey = keyof TrainParams
/** What a person typed, key by key; a key that is missing was not touched. */
export type RecipeDraft = Readonly<Partial<Record<RecipeKey, string>>>

const TEXT_KEYS: ReadonlySet<string> = new Set(['preset', 'optimizer', 'scheduler', 'engine'])
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The form as a layer of parameters: numbers as numbers, and what is no number as it was typed, so that it is named. */
export function draftLayer(draft: RecipeDraft): Record<string, Record<string, string | number>> {
  const train: Record<string, string | number> = {}
  for (const [key, text] of Object.entries(draft)) {
    const trimmed = text.trim()
    train[key] = !TEXT_KEYS.has(key) && NUMBER.test(trimmed) ? Number(trimmed) : trimmed
  }
  return { train }
}

/** The sentence for one field of the recipe, or null. */
export function problemAt(resolution: ParamsResolution, key: RecipeKey): string | null {
  if (resolution.ok) return null
  return resolution.problems.find(({ path }) => path === `train.${key}`)?.message ?? null
}

/** Images a run of this recipe learns from, over all its epochs; the last batch is left out when it is not full. */
export function imagesToLearn(params: TrainParams, trainImages: number): number {
  const kept = trainImages - Math.round(trainImages * params.validation_fraction)
  return Math.floor(kept / params.batch_size) * params.batch_size * params.epochs
}
