import type { RecipeDraft, RecipePath } from '../../domain/params/draft'
import type { ParamsResolution } from '../../domain/params/resolve'
import { PARAM_RULES } from '../../domain/params/rules'
import type { TrainParams } from '../../domain/params/schema'
import { formatSignificant } from '../../ui/format'

/** The sentence for one field of the recipe, or null. */
export function problemAt(resolution: ParamsResolution, path: RecipePath): string | null {
  if (resolution.ok) return null
  return resolution.problems.find((problem) => problem.path === path)?.message ?? null
}

/** Full batches of one epoch; 0 where the training images do not fill one. */
export function stepsPerEpoch(params: TrainParams, trainImages: number): number {
  const kept = trainImages - Math.round(trainImages * params.validation_fraction)
  return Math.floor(kept / params.batch_size)
}

/** Images a run of this recipe learns from, over all its epochs; the last batch is left out when it is not full. */
export function imagesToLearn(params: TrainParams, trainImages: number): number {
  return stepsPerEpoch(params, trainImages) * params.batch_size * params.epochs
}

/** "1 to 1,000", "above 0, at most 10": what a number may be; null where the rule is no range. */
export function boundsOf(path: RecipePath): string | null {
  const rule = PARAM_RULES.get(path)
  if (rule === undefined || rule.minimum === null || rule.maximum === null) return null
  const [low, high] = [bound(rule.minimum), bound(rule.maximum)]
  if (rule.exclusiveMinimum) return `above ${low}, ${rule.exclusiveMaximum ? 'below' : 'at most'} ${high}`
  return rule.exclusiveMaximum ? `${low} to below ${high}` : `${low} to ${high}`
}

function bound(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-GB') : String(value)
}

/** How the rate goes, for below its curve. */
export function scheduleInWords(params: TrainParams): string {
  switch (params.scheduler) {
    case 'none':
      return 'The same rate from the first step to the last.'
    case 'step':
      return `Times ${params.gamma} after every ${params.step_size} epochs.`
    case 'cosine':
      return 'Half a cosine, moved on at the end of each epoch.'
    case 'exponential':
      return `Times ${params.gamma} at the end of each epoch.`
    case 'plateau':
      return `When it drops, the ${METRICS[params.monitor]} decides: ${plateauDrops(params)}`
    case 'one-cycle':
      return 'Climbs to the learning rate and falls to far below where it began, moved on at every step.'
  }
}

const METRICS = {
  validation_accuracy: 'validation accuracy',
  validation_loss: 'validation loss',
  train_loss: 'training loss',
} as const

/** The first rate and those after each of the first drops: "0.001 → 0.0005 → 0.00025 → …" */
function plateauDrops({ lr, plateau_factor: factor }: TrainParams): string {
  const rates = [0, 1, 2, 3].map((drops) => formatSignificant(lr * factor ** drops))
  return `${rates.join(' → ')} → …`
}

/** The draft and what the address says, as an address that another page opens with the same recipe. */
export function recipeAddress(search: string, draft: RecipeDraft): string {
  const params = new URLSearchParams(search)
  for (const [path, text] of Object.entries(draft)) params.set(path, text.trim())
  const query = params.toString()
  return query === '' ? '/train' : `/train?${query}`
}
