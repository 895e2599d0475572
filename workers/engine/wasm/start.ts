import type { ThreadSupport } from '../contract'
import type { Plan } from '../plan'
import { createRuntime, type Runtime } from './runtime'
import { chooseThreads, type ThreadChoice } from './threads'

/**
 * A runtime with as many threads as are wanted and can be had. One that does not start is no error: the runtime then has one.
 *
 * @param wanted 0: as many as the machine runs at once
 * @throws RangeError when there is not enough memory even for one
 */
export async function startRuntime(
  plan: Plan,
  module: WebAssembly.Module,
  support: ThreadSupport,
  wanted: number,
): Promise<{ readonly runtime: Runtime; readonly choice: ThreadChoice }> {
  const choice = chooseThreads(support, wanted, plan.slices.length)
  if (choice.threads > 1)
    try {
      return { runtime: await createRuntime(plan, module, support, choice.threads), choice }
    } catch (error) {
      const reason = `one thread: ${error instanceof Error ? error.message : String(error)}`
      return { runtime: await createRuntime(plan, module, support, 1), choice: { threads: 1, reason } }
    }
  return { runtime: await createRuntime(plan, module, support, 1), choice }
}
