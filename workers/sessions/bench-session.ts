import type { BenchTask } from '../../src/domain/bench/task'
import type { BenchCommand, BenchMessage } from '../../src/protocol/bench'
import type { Hello } from '../../src/protocol/version'
import type { Contender } from '../engine/bench/contender'
import { measure } from '../engine/bench/measure'
import type { EngineHost } from '../engine/contract'
import type { Session } from './serve'

/**
 * Measures one task and tells of it turn by turn.
 * @param contendersOf who takes part in a task
 * @param hostName what the results call the place
 */
export function benchSession(
  contendersOf: (task: BenchTask) => Promise<readonly Contender[]>,
  host: EngineHost,
  hostName: string,
): Session<Exclude<BenchCommand, Hello>, Exclude<BenchMessage, Hello>> {
  return {
    async handle({ task }, post) {
      const turns = measure(await contendersOf(task), { task, host, hostName })
      let next = await turns.next()
      while (next.done !== true) {
        post({ kind: 'progress', progress: next.value })
        next = await turns.next()
      }
      post({ kind: 'measured', report: next.value })
    },
    failed: (error) => ({ kind: 'failed', error }),
  }
}
