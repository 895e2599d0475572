import type { BenchSetup } from '../../../src/domain/bench/report'
import type { BenchSubject } from '../../../src/domain/bench/task'

/** Somebody who can do the work that is measured: an engine of the studio, or another program. */
export interface Contender {
  readonly subject: BenchSubject
  /** Makes it ready: loads, compiles, uploads. Rejects with why it cannot be had here. */
  open(): Promise<Work>
}

/** A contender that is ready. It rests between its turns, and holds its memory. */
export interface Work {
  /** How it computes; may change on the way, for example when a thread is lost. */
  readonly setup: BenchSetup
  /** Bytes it holds, as far as it knows. */
  readonly memoryBytes: number
  /** Steps, or batches, for at least so many seconds and at least one; everything asked for is done when it resolves. */
  turn(seconds: number): Promise<Turn>
  /** The smallest piece of work that somebody waits for, where there is one. */
  readonly one: (() => Promise<unknown>) | null
  dispose(): void
}

export interface Turn {
  readonly steps: number
  /** From the first step's start to the last one's end. */
  readonly seconds: number
  /** Of each step, in order; empty for predictions. */
  readonly losses: readonly number[]
}
