import type { EngineRecord } from '../../src/domain/registry/records'
import { recipeOf } from '../../src/domain/training/recipe'
import type { SessionPlan } from '../../src/domain/training/session'
import { OutOfMemoryError, type EngineHost, type TrainingEngine } from '../engine/contract'
import { createTrainingEngine } from '../engine/create'
import { SessionError } from './serve'

/**
 * The engine of a session's run: every session makes its engines here. What the recipe asks for and this machine does not have
 * is the person's to put right, as is a model or batch that is impossible.
 *
 * @param like what the run was begun with; null for a new run
 * @throws OutOfMemoryError when a smaller batch may do; SessionError; EngineUnavailableError; WebAssembly.CompileError when a build is asked for that
 * this host does not compile
 */
export async function engineFor(
  plan: SessionPlan,
  host: EngineHost,
  like: EngineRecord | null,
): Promise<TrainingEngine> {
  const { spec, preprocess, params } = plan
  const { engine, threads, convolution, mixed_precision: mixedPrecision, batch_size: batch } = params
  const recipe = recipeOf({ train: params, augment: plan.augment })
  const choice = { engine, threads, convolution, mixedPrecision, like }
  try {
    return await createTrainingEngine({ spec, batch, preprocess, recipe }, host, choice)
  } catch (error) {
    if (error instanceof OutOfMemoryError) throw error
    throw error instanceof RangeError ? new SessionError('bad-params', error.message) : error
  }
}
