import { type BenchEngine, benchSubjects, type BenchTask, INFERENCE_BATCH } from '../../domain/bench/task'

/** What a person picked in the panel. */
export interface BenchDraft {
  readonly task: BenchTask['task']
  /** In the order in which they are listed. */
  readonly presets: readonly string[]
  readonly engines: readonly BenchEngine[]
  /** As typed. */
  readonly batch: string
}

export type BenchPlan =
  | { readonly kind: 'ready'; readonly task: BenchTask }
  /** What is missing, in words. */
  | { readonly kind: 'incomplete'; readonly reason: string }

const MAX_BATCH = 4096
/** Short enough to be waited for; the command line takes seven turns. */
const REPEATS = 5
const SECONDS = 1
const WARM_UP_SECONDS = 2

const TRAINING_BATCH = 128

/** The batch that a task is usually measured with. */
export function usualBatch(task: BenchTask['task']): number {
  return task === 'train' ? TRAINING_BATCH : INFERENCE_BATCH
}

/** The draft as a task, or what is wrong with it. Predictions have one engine. */
export function planBench({ task, presets, engines, batch }: BenchDraft): BenchPlan {
  const chosen = task === 'train' ? engines : engines.filter((engine) => engine === 'wasm')
  const images = Number(batch)
  if (!(Number.isInteger(images) && images >= 1 && images <= MAX_BATCH))
    return { kind: 'incomplete', reason: `The batch must be a whole number from 1 to ${MAX_BATCH}.` }
  if (presets.length === 0) return { kind: 'incomplete', reason: 'Choose at least one preset.' }
  if (chosen.length === 0) return { kind: 'incomplete', reason: 'Choose at least one engine.' }
  return {
    kind: 'ready',
    task: {
      task,
      subjects: benchSubjects(presets, chosen, ['auto']),
      batch: images,
      build: 'auto',
      threads: 0,
      repeats: REPEATS,
      seconds: SECONDS,
      warmUpSeconds: WARM_UP_SECONDS,
    },
  }
}

/** Seconds that a task takes at least: more where one step is longer than a turn. */
export function leastSeconds({ subjects, repeats, seconds, warmUpSeconds }: BenchTask): number {
  return subjects.length * (warmUpSeconds + repeats * seconds)
}

/** Adds a choice to a list that keeps the order of `all`, or takes it away. */
export function withChoice<Choice>(
  all: readonly Choice[],
  chosen: readonly Choice[],
  choice: Choice,
  wanted: boolean,
): readonly Choice[] {
  return all.filter((one) => (one === choice ? wanted : chosen.includes(one)))
}
