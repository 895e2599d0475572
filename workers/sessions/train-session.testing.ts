/** What tests of the training session share: a small recipe, small digits, and Node in place of a worker. */
import { assembleDataset } from '../../src/domain/dataset/assemble'
import { epochMillis, type DatasetId, type RunId } from '../../src/domain/ids'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { DEFAULT_PARAMS } from '../../src/domain/params/defaults'
import type { TrainParams } from '../../src/domain/params/schema'
import type { RecipeParams } from '../../src/domain/training/recipe'
import { digest } from '../../src/storage/blobs'
import { putDataset } from '../../src/storage/datasets'
import { nodeHost } from '../engine/node-host.testing'
import { generateDigits } from '../ingest/built-in/generate'
import type { TrainHost } from './prepare-run'

/** Three epochs of 18 steps on the digits of {@link storeDigits}. */
export const testParams: RecipeParams = paramsWith({})

/** The same with some of the recipe changed. */
export function paramsWith(changes: Partial<TrainParams>): RecipeParams {
  const recipe = { preset: 'lite-bn', epochs: 3, batch_size: 50, lr: 0.05, validation_fraction: 0.1 }
  return { train: { ...DEFAULT_PARAMS.train, ...recipe, ...changes }, augment: DEFAULT_PARAMS.augment }
}

let nextRun = 0
const held = new Set<RunId>()

export const testHost: TrainHost = {
  engine: nodeHost,
  clock: () => epochMillis(1234),
  randomBytes: () => new Uint8Array(16).fill(++nextRun),
  hold: async (runId, body) => {
    held.add(runId)
    try {
      return await body()
    } finally {
      held.delete(runId)
    }
  },
  appVersion: '9.9.9',
  platform: 'Node',
}

/** Runs that a session of {@link testHost} has in hand. */
export function heldRuns(): readonly RunId[] {
  return [...held]
}

/** Stores 1000 digits to learn from and 200 to be measured on. */
export async function storeDigits(): Promise<DatasetId> {
  const assembled = await assembleDataset(
    {
      name: 'Built-in digits',
      source: { kind: 'built-in', seed: 1, generator: 1 },
      preprocess: MNIST_PREPROCESS,
      now: epochMillis(1),
      train: generateDigits(1, 1000),
      test: generateDigits(1, 200, { first: 1000 }),
    },
    digest,
  )
  if (!assembled.ok) throw new Error(assembled.problem.message)
  return putDataset(assembled.dataset)
}
