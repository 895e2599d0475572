import type { EngineHost } from '../contract'
import type { Plan } from '../plan'
import { ThreadLostError } from './crew'
import { createRuntime, type Runtime } from './runtime'
import { readState, rememberState, writeState } from './stage'
import { startRuntime } from './start'
import type { ThreadChoice } from './threads'

/** A training runtime that outlives its further threads. */
export interface LastingRuntime {
  /** The one to use now: after a loss it is another. */
  readonly runtime: Runtime
  readonly choice: ThreadChoice
  /**
   * Does something with a whole batch. If a thread is lost before or on the way, it is done on one thread, from the state before,
   * to the same bits.
   */
  attempt(act: (runtime: Runtime) => void): Promise<void>
}

/**
 * @param table the 256 normalised values
 * @param wanted threads; 0: as many as the machine runs at once
 * @throws OutOfMemoryError when there is not enough memory even for one thread
 */
export async function startLastingRuntime(
  plan: Plan,
  module: WebAssembly.Module,
  support: EngineHost['threads'],
  wanted: number,
  table: Float32Array,
): Promise<LastingRuntime> {
  let { runtime, choice } = await startRuntime(plan, module, support, wanted)
  runtime.floats(plan.roots.table).set(table)
  const before = readState(runtime)

  /** New memory for one thread: a lost one might still write into the old. */
  async function goOnAlone(reason: string): Promise<void> {
    runtime.dispose()
    runtime = await createRuntime(plan, module, support, 1)
    choice = { threads: 1, reason: `one thread: ${reason}` }
    runtime.floats(plan.roots.table).set(table)
    writeState(runtime, before)
  }

  return {
    get runtime() {
      return runtime
    },
    get choice() {
      return choice
    },
    async attempt(act) {
      if (choice.threads === 1) return act(runtime)
      rememberState(runtime, before)
      const lost = runtime.lost()
      if (lost === null)
        try {
          return act(runtime)
        } catch (error) {
          if (!(error instanceof ThreadLostError)) throw error
          await goOnAlone(error.message)
        }
      else await goOnAlone(lost)
      act(runtime)
    },
  }
}
