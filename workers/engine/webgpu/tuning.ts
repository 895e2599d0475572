/** Which block table is the fastest on an adapter: tried once with a few steps, then remembered. */
import { shapeSize } from '../../../src/domain/model/shapes'
import { initialWeights } from '../../../src/domain/model/initialise'
import { parameterTable } from '../../../src/domain/model/parameters'
import { optimizerSlots } from '../../../src/domain/training/recipe'
import type { EngineMemory, TrainingEngine, TrainingJob } from '../contract'
import { findTiles, GPU_TILES, type Tiles } from './tiles'

/** Changes with the kernels, so that an old choice is not taken for them. */
const KERNELS = 1
const WARM_UP = 4
const MEASURED = 16

/**
 * The fastest of `GPU_TILES` for this model and batch on this adapter.
 * @param adapter its name
 * @param make an engine with given tiles; it is disposed of
 */
export async function fastestTiles(
  job: TrainingJob,
  adapter: string,
  { memory, now }: { readonly memory: EngineMemory; readonly now: () => number },
  make: (tiles: Tiles) => Promise<TrainingEngine>,
): Promise<Tiles> {
  const key = `webgpu tiles ${KERNELS}: ${adapter}, ${job.spec.name}, batch ${job.batch}`
  const remembered = findTiles((await memory.read(key)) ?? '')
  if (remembered !== null) return remembered
  let best = { tiles: GPU_TILES[0], milliseconds: Number.POSITIVE_INFINITY }
  for (const tiles of GPU_TILES) {
    const milliseconds = await timeOf(job, await make(tiles), now)
    if (milliseconds < best.milliseconds) best = { tiles, milliseconds }
  }
  await memory.write(key, best.tiles.name)
  return best.tiles
}

/** Milliseconds of some steps on blank images. */
async function timeOf(job: TrainingJob, engine: TrainingEngine, now: () => number): Promise<number> {
  const { spec, batch, recipe } = job
  try {
    await engine.attach({
      count: 1,
      images: new Uint8Array(shapeSize(spec.input)),
      labels: new Uint8Array(1),
    })
    const weights = initialWeights(spec, 1)
    const slots = optimizerSlots(recipe.optimizer)
    await engine.writeState({
      weights,
      optimizer: new Float32Array(slots * parameterTable(spec).trainable),
      average: recipe.averageDecay === null ? null : weights,
    })
    await engine.run(new Uint32Array(WARM_UP * batch), steps(WARM_UP))
    const before = now()
    await engine.run(new Uint32Array(MEASURED * batch), steps(MEASURED))
    return now() - before
  } finally {
    engine.dispose()
  }
}

function steps(count: number): { learningRate: number; seed: number; step: number }[] {
  return Array.from({ length: count }, (_, step) => ({ learningRate: 0, seed: 1, step }))
}
