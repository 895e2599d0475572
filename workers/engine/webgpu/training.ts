/** The WebGPU engine: the block table for an adapter, then the engine. */
import type { WebgpuRecord } from '../../../src/domain/registry/records'
import { EngineUnavailableError, type EngineMemory, type GpuSupport, type TrainingJob } from '../contract'
import { adapterName } from './adapter-name'
import { createDeviceEngine, type WebgpuTrainingEngine } from './engine'
import { findTiles, GPU_TILES, SOFTWARE_TILES, type Tiles } from './tiles'
import { fastestTiles } from './tuning'
import type { Timer } from './watch'

export interface WebgpuOptions {
  /** Why this engine, in words, for its record. */
  readonly reason: string
  /** Go on with what began so: the same tiles on the same adapter. */
  readonly like?: WebgpuRecord | null
  readonly mixedPrecision?: boolean
  /** Which tiles were the fastest on an adapter; where there is none, the first table is taken. */
  readonly memory?: EngineMemory | null
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly timer?: Timer
  /** Milliseconds without an answer after which the device counts as hung. */
  readonly hangAfter?: number
  /** Called once the engine is disposed of. */
  readonly disposed?: () => void
}

type Gpu = Extract<GpuSupport, { kind: 'gpu' }>

const HANG_AFTER = 20_000
/** A large step of an adapter made of software takes that long in earnest. */
const SOFTWARE_HANG_AFTER = 120_000

/**
 * Makes a training engine of WGSL kernels on a device, which stays the caller's: `disposed` says when it is of no more use.
 *
 * @throws OutOfMemoryError when model and batch do not fit; RangeError when they are impossible; EngineUnavailableError when a
 * run cannot go on here, or half precision is asked for
 */
export async function createWebgpuTrainingEngine(
  job: TrainingJob,
  gpu: Gpu,
  options: WebgpuOptions,
): Promise<WebgpuTrainingEngine> {
  if (options.mixedPrecision === true)
    throw new EngineUnavailableError(
      'the WebGPU engine computes in float32 only: switch train.mixed_precision off',
    )
  const device = {
    reason: options.reason,
    hangAfter: options.hangAfter ?? (gpu.software ? SOFTWARE_HANG_AFTER : HANG_AFTER),
    timer: options.timer ?? hostTimer,
    disposed: () => {},
  }
  const tiles = await tilesFor(job, gpu, options, (one) => createDeviceEngine(job, gpu, one, device))
  const { disposed = () => {} } = options
  return createDeviceEngine(job, gpu, tiles, { ...device, disposed })
}

async function tilesFor(
  job: TrainingJob,
  gpu: Gpu,
  { like, memory, now }: WebgpuOptions,
  make: (tiles: Tiles) => Promise<WebgpuTrainingEngine>,
): Promise<Tiles> {
  if (like !== undefined && like !== null) return sameTiles(like, gpu)
  if (gpu.software) return SOFTWARE_TILES
  if (memory === undefined || memory === null) return GPU_TILES[0]
  return fastestTiles(job, adapterName(gpu.info), { memory, now }, make)
}

/** The tiles a run began with. */
function sameTiles({ adapter, tiles }: WebgpuRecord, gpu: Gpu): Tiles {
  const here = adapterName(gpu.info)
  if (adapter !== here)
    throw new EngineUnavailableError(
      `this run began on ${adapter}, found ${here}: only the same adapter goes on to the same bits`,
    )
  const found = findTiles(tiles)
  if (found === null)
    throw new EngineUnavailableError(
      `this run began with the tiles "${tiles}", which this build does not have`,
    )
  return found
}

function hostTimer(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds)
  return () => clearTimeout(timer)
}
