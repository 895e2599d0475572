/**
 * How threads share a job. One word of shared memory says which stage is current and which of its units is next; a thread takes
 * a unit by moving that word, and whoever finishes a stage's last unit does what follows it and opens the next stage. Nobody
 * waits for a thread that has no unit in hand, so one that the machine does not run just now holds up nothing.
 *
 * Waiting is a short spin, then a sleep until the word moves. Which thread does which unit changes no bit: see plan.ts.
 */
import type { BoundProgram, BoundStage, Job } from './program'
import { JOBS, runAfter, runUnit } from './program'

/** Words, each in a cache line of its own. */
const LINE = 16
/** Number of the current stage (upper 24 bits) and of its next unit (lower 8). */
const TICKET = 0
/** Units finished in the current stage. */
const DONE = LINE
const JOB = 2 * LINE
const COUNT = 2 * LINE + 1
/** Number of the job's first stage. */
const FIRST_STAGE = 2 * LINE + 2
const FAILED = 3 * LINE
const ENDED = 3 * LINE + 1
/** One a thread: moves while it works. */
const BEATS = 4 * LINE

const UNIT_MASK = 0xff
const STAGE_MASK = 0xffffff
/** About what a wake-up costs; longer would take a core from others for nothing. */
const SPINS = 4000
const WAIT_MILLISECONDS = 1000

/** Bytes of the words for a number of threads. */
export function crewBytes(threads: number): number {
  return (BEATS + threads * LINE) * 4
}

/** Fresh words: no job, and no unit that could be taken for one. */
export function clearWords(words: Int32Array): void {
  words.fill(0)
  words[TICKET] = UNIT_MASK
}

/** A thread ended or hangs with work in hand: the job is lost, its memory must not be used again. */
export class ThreadLostError extends Error {
  constructor(what: string) {
    super(`a thread of the engine ${what}`)
    this.name = 'ThreadLostError'
  }
}

/** One thread's side of shared memory. Thread 0 gives the jobs. */
export interface Member {
  readonly words: Int32Array
  readonly thread: number
  readonly program: BoundProgram
}

/**
 * Gives a job to all threads and takes part in it until it is done.
 *
 * @param patience waits of a second without any sign of life before a thread counts as lost
 * @throws ThreadLostError when a thread failed or shows no life
 */
export function runTogether(
  { words, thread, program }: Member,
  job: Job,
  count: number,
  patience = 30,
): void {
  const stages = program.stages[job]
  const last = Atomics.load(words, TICKET) >>> 8
  const first = (last + 1) & STAGE_MASK
  const end = (first + stages.length) & STAGE_MASK
  // While the job is being written no thread may find a unit, whatever it has read of it.
  Atomics.store(words, TICKET, (last << 8) | UNIT_MASK)
  Atomics.store(words, JOB, JOBS.indexOf(job))
  Atomics.store(words, COUNT, count)
  Atomics.store(words, FIRST_STAGE, first)
  open(words, first)
  let misses = 0
  let beats = -1
  for (;;) {
    const ticket = Atomics.load(words, TICKET)
    const number = ticket >>> 8
    if (number === end) return
    const stage = stages[(number - first) & STAGE_MASK]
    if (stage === undefined || takeUnit({ words, thread, program }, stage, ticket, count)) continue
    if (Atomics.load(words, FAILED) !== 0) throw new ThreadLostError('failed')
    if (awaitMove(words, ticket)) {
      misses = 0
      continue
    }
    const alive = sumOfBeats(words)
    misses = alive === beats ? misses + 1 : 0
    beats = alive
    if (misses >= patience) throw new ThreadLostError(`showed no sign of life for ${patience} s`)
  }
}

/** Takes part in every job until the crew ends. */
export function serve({ words, thread, program }: Member): void {
  while (Atomics.load(words, ENDED) === 0) {
    const ticket = Atomics.load(words, TICKET)
    const job = JOBS[Atomics.load(words, JOB)]
    const at = ((ticket >>> 8) - Atomics.load(words, FIRST_STAGE)) & STAGE_MASK
    const stage = job === undefined ? undefined : program.stages[job][at]
    // What was read of the job holds if the ticket can still be taken: it moves on before a job changes.
    const count = Atomics.load(words, COUNT)
    if (stage === undefined || !takeUnit({ words, thread, program }, stage, ticket, count))
      awaitMove(words, ticket)
  }
}

/** Says that a thread cannot go on. */
export function reportFailure(words: Int32Array): void {
  Atomics.store(words, FAILED, 1)
  Atomics.notify(words, TICKET)
}

/** Sends all threads home. */
export function endCrew(words: Int32Array): void {
  Atomics.store(words, ENDED, 1)
  Atomics.notify(words, TICKET)
}

/** Whether there was a unit to take; it is then finished. */
function takeUnit(
  { words, thread, program }: Member,
  stage: BoundStage,
  ticket: number,
  count: number,
): boolean {
  const unit = ticket & UNIT_MASK
  if (unit >= stage.units) return false
  if (Atomics.compareExchange(words, TICKET, ticket, ticket + 1) !== ticket) return true
  Atomics.add(words, BEATS + thread * LINE, 1)
  runUnit(program, stage, unit, count)
  if (Atomics.add(words, DONE, 1) + 1 === stage.units) {
    runAfter(stage)
    open(words, ((ticket >>> 8) + 1) & STAGE_MASK)
  }
  return true
}

function open(words: Int32Array, stage: number): void {
  Atomics.store(words, DONE, 0)
  Atomics.store(words, TICKET, stage << 8)
  Atomics.notify(words, TICKET)
}

/** Waits until the word moves. False when it did not for a second. */
function awaitMove(words: Int32Array, ticket: number): boolean {
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, TICKET) !== ticket) return true
  return Atomics.wait(words, TICKET, ticket, WAIT_MILLISECONDS) !== 'timed-out'
}

function sumOfBeats(words: Int32Array): number {
  let sum = 0
  for (let at = BEATS; at < words.length; at += LINE) sum += Atomics.load(words, at)
  return sum
}
