/** How many threads an engine gets, and how they start. */
import type { ThreadSupport } from '../contract'
import type { ThreadStart } from './thread'

/** More have nothing to do: a batch has at most 16 slices. */
const MOST_THREADS = 16
const START_MILLISECONDS = 20_000

/** A number of threads, and why it is not another one where that is worth saying. */
export interface ThreadChoice {
  readonly threads: number
  readonly reason: string | null
}

/**
 * @param wanted 0 takes as many as the machine runs at once
 * @param slices of the plan's batch: more threads would stand idle
 */
export function chooseThreads(support: ThreadSupport, wanted: number, slices: number): ThreadChoice {
  if (support.kind === 'none')
    return { threads: 1, reason: wanted === 1 ? null : `one thread: ${support.reason}` }
  const most = Math.min(slices, MOST_THREADS)
  const asked = wanted === 0 ? support.processors : wanted
  if (asked <= most) return { threads: Math.max(1, asked), reason: null }
  return { threads: most, reason: `${most} of ${asked} threads: the batch has ${slices} slices` }
}

/** The further threads of one engine. */
export interface Crew {
  /** Why the crew can no longer be relied on, or null. */
  lost(): string | null
  end(): void
}

/**
 * Starts a thread for each of the given starts.
 * @throws Error when one of them does not start; none is left behind then
 */
export async function startCrew(
  support: Extract<ThreadSupport, { kind: 'threads' }>,
  starts: readonly ThreadStart[],
): Promise<Crew> {
  let lost: string | null = null
  let ended = false
  let giveUp: (error: Error) => void = () => {}
  const failed = new Promise<never>((_resolve, reject) => {
    giveUp = reject
  })
  // Nobody waits for it once all threads have started.
  failed.catch(() => {})
  const members = starts.map((start) =>
    support.spawn(start, (reason) => {
      if (ended) return
      lost ??= reason
      giveUp(new Error(reason))
    }),
  )
  function end(): void {
    ended = true
    for (const member of members) member.end()
  }
  const timer = setTimeout(() => giveUp(new Error('a thread took too long to start')), START_MILLISECONDS)
  try {
    await Promise.race([Promise.all(members.map(({ ready }) => ready)), failed])
  } catch (error) {
    end()
    throw error
  } finally {
    clearTimeout(timer)
  }
  return { lost: () => lost, end }
}
