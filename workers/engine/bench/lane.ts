import {
  benchRatios,
  type BenchReport,
  type BenchResult,
  type BenchSetup,
  type Latency,
  median,
  type Unavailable,
} from '../../../src/domain/bench/report'
import type { BenchTask } from '../../../src/domain/bench/task'
import { multiplyAdds, parameterCount } from '../../../src/domain/model/counts'
import { findPreset } from '../../../src/domain/model/presets'
import type { Contender, Turn, Work } from './contender'
import type { GpuCalls } from './gpu-calls'

/** Who needs longer than a turn for one step is measured so often only: first, in the middle, last. */
const SLOW_REPEATS = 3
const OPERATIONS_PER_MULTIPLY_ADD = 2
const FORWARDS_PER_STEP = 3

/** A contender on its way through the rounds. */
export interface Lane {
  readonly contender: Contender
  /** Null before it opens, and while its memory is lent to others. */
  work: Work | null
  /** As of its last turn. */
  setup: BenchSetup | null
  /** Images a second, turn by turn. */
  readonly rates: number[]
  steps: number
  dispatches: number
  submits: number
  firstLoss: number | null
  lastLoss: number | null
  latency: Latency | null
  lastTurnAt: number
}

export function newLane(contender: Contender): Lane {
  return {
    contender,
    work: null,
    setup: null,
    rates: [],
    steps: 0,
    dispatches: 0,
    submits: 0,
    firstLoss: null,
    lastLoss: null,
    latency: null,
    lastTurnAt: 0,
  }
}

export function closeLane(lane: Lane): void {
  lane.work?.dispose()
  lane.work = null
}

/** Whether it is measured in this round: slow ones have their turns in the first, the middle and the last. */
export function hasTurn({ rates }: Lane, round: number, { repeats, seconds, batch }: BenchTask): boolean {
  const [first] = rates
  if (first === undefined || batch / first <= seconds || repeats <= SLOW_REPEATS) return true
  return round === Math.floor((repeats - 1) / 2) || round === repeats - 1
}

/** Enters a measured turn. @param calls what it asked of the GPU */
export function addTurn(lane: Lane, work: Work, turn: Turn, calls: GpuCalls, batch: number): void {
  lane.setup = work.setup
  lane.rates.push((turn.steps * batch) / turn.seconds)
  lane.steps += turn.steps
  lane.dispatches += calls.dispatches
  lane.submits += calls.submits
  const { losses } = turn
  if (losses.length > 0) lane.lastLoss = losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

/** What the lanes have shown so far. */
export function reportOf(
  lanes: readonly Lane[],
  unavailable: readonly Unavailable[],
  task: BenchTask,
  host: string,
): BenchReport {
  const results = lanes.flatMap((lane) => resultOf(lane, task, host))
  return { results, ratios: benchRatios(results), unavailable: [...unavailable] }
}

/** A lane's row; none before its first turn. */
function resultOf(lane: Lane, { task, batch }: BenchTask, host: string): readonly BenchResult[] {
  const { contender, setup, rates, steps, firstLoss, lastLoss } = lane
  if (setup === null) return []
  const search = findPreset(contender.subject.preset)
  if (search.kind === 'unknown') throw new RangeError(search.message)
  const imagesPerSecond = median(rates)
  const range = [Math.min(...rates), Math.max(...rates)] as const
  const forwards = task === 'train' ? FORWARDS_PER_STEP : 1
  const operations = multiplyAdds(search.spec) * OPERATIONS_PER_MULTIPLY_ADD * forwards
  return [
    {
      ...contender.subject,
      host,
      ...setup,
      task,
      parameters: parameterCount(search.spec),
      batch,
      repeats: rates.length,
      steps,
      imagesPerSecond,
      imagesPerSecondRange: range,
      spread: (range[1] - range[0]) / imagesPerSecond,
      msPerStep: (1000 * batch) / imagesPerSecond,
      gigaflops: (operations * imagesPerSecond) / 1e9,
      dispatchesPerStep: lane.dispatches === 0 ? null : lane.dispatches / steps,
      submitsPerStep: lane.submits === 0 ? null : lane.submits / steps,
      loss: firstLoss === null || lastLoss === null ? null : [firstLoss, lastLoss],
      latencyMs: lane.latency,
    },
  ]
}
