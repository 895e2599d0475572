import type { StepProfile } from '../../src/domain/training/events'
import type { EngineHost, StepOptions, StepResult, TrainingEngine } from './contract'

/** Milliseconds between two profiled steps; longer where such a step takes more than a twenty-fifth of that. */
const PROFILE_MILLISECONDS = 1000
const PROFILE_SPACING = 25

/** What can be said to a training under way. */
export interface TrainControl {
  /** Ends it after the steps under way. */
  readonly signal: AbortSignal
  /** Whether somebody is looking at a step's profile. */
  readonly wantsProfile: () => boolean
}

/** Seconds and steps of training since it began: only the time while steps are under way counts. */
export interface Clock {
  steps: number
  start(): void
  stop(): void
  seconds(): number
}

export function createClock(now: () => number): Clock {
  let total = 0
  let since: number | null = null
  const running = () => (since === null ? 0 : now() - since)
  return {
    steps: 0,
    start: () => void (since ??= now()),
    stop() {
      total += running()
      since = null
    },
    seconds: () => (total + running()) / 1000,
  }
}

export interface Profiling {
  due(): boolean
  /** The step with its profile; null, and never due again, where the engine cannot. */
  take(
    indices: Uint32Array,
    steps: readonly StepOptions[],
  ): Promise<{ readonly result: StepResult; readonly profile: StepProfile } | null>
}

/** When to profile a step, so that looking at profiles costs less than a twentieth of the speed. */
export function createProfiling(
  engine: TrainingEngine,
  host: EngineHost,
  control: TrainControl,
  clock: Clock,
): Profiling {
  let next = host.now()
  let possible = true
  return {
    due: () => possible && control.wantsProfile() && host.now() >= next,
    async take(indices, [options]) {
      if (options === undefined) return null
      const began = host.now()
      clock.start()
      const profiled = await engine.profile(indices, options)
      clock.stop()
      possible = profiled !== null
      const ended = host.now()
      next = ended + Math.max(PROFILE_MILLISECONDS, PROFILE_SPACING * (ended - began))
      return profiled
    },
  }
}
