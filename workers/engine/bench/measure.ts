import type { BenchProgress, BenchReport, Unavailable } from '../../../src/domain/bench/report'
import { type BenchTask, subjectName } from '../../../src/domain/bench/task'
import type { EngineHost } from '../contract'
import { EngineUnavailableError } from '../contract'
import type { Contender, Work } from './contender'
import { countGpuCalls, type GpuCallCounter } from './gpu-calls'
import { addTurn, closeLane, hasTurn, type Lane, newLane, reportOf } from './lane'
import { latencyOf } from './latency'

/** What all contenders may hold at once. Beyond it the one that rested longest goes, and comes back for its next turn. */
const MEMORY_BYTES = 1.5 * 2 ** 30

export interface BenchConditions {
  readonly task: BenchTask
  readonly host: Pick<EngineHost, 'now' | 'breathe'>
  /** What the results call the place: "Chromium 156". */
  readonly hostName: string
}

/** Everything that a measurement holds. */
interface Field extends BenchConditions {
  /** Those still in it. */
  lanes: readonly Lane[]
  readonly unavailable: Unavailable[]
  readonly calls: GpuCallCounter
  turnsBegun: number
  readonly turns: number
}

/**
 * Measures contenders side by side. Speed drifts over minutes, so they take turns: everyone is measured once before anyone is
 * measured again. All of them are warm and alive meanwhile, as far as memory goes.
 *
 * @yields what is being done and what is known so far, before each turn
 * @returns who was measured; who could not be, with the reason
 */
export async function* measure(
  contenders: readonly Contender[],
  conditions: BenchConditions,
): AsyncGenerator<BenchProgress, BenchReport> {
  const { task, hostName } = conditions
  const field: Field = {
    ...conditions,
    lanes: contenders.map(newLane),
    unavailable: [],
    calls: countGpuCalls(),
    turnsBegun: 0,
    turns: contenders.length * (task.repeats + 1),
  }
  try {
    for (const lane of field.lanes) {
      yield progress(field, 'Warming up', lane)
      await attempt(field, lane, async () => void (await wake(field, lane)))
    }
    for (let round = 0; round < task.repeats; round++) yield* playRound(field, round)
    if (task.task === 'infer') for (const lane of field.lanes) await measureLatency(field, lane)
    return reportOf(field.lanes, field.unavailable, task, hostName)
  } finally {
    field.calls.stop()
    field.lanes.forEach(closeLane)
  }
}

/** @yields before each turn of the round */
async function* playRound(field: Field, round: number): AsyncGenerator<BenchProgress> {
  const { task, calls } = field
  for (const lane of field.lanes) {
    if (!hasTurn(lane, round, task)) {
      field.turnsBegun++
      continue
    }
    yield progress(field, `Round ${round + 1} of ${task.repeats}:`, lane)
    await attempt(field, lane, async () => {
      const work = await wake(field, lane)
      const before = calls.read()
      const turn = await work.turn(task.seconds)
      addTurn(lane, work, turn, calls.since(before), task.batch)
    })
  }
}

function measureLatency(field: Field, lane: Lane): Promise<void> {
  return attempt(field, lane, async () => {
    const { one } = await wake(field, lane)
    if (one !== null) lane.latency = await latencyOf(one, field.host)
  })
}

function progress(field: Field, doing: string, { contender: { subject } }: Lane): BenchProgress {
  const { lanes, unavailable, task, hostName, turns } = field
  return {
    doing: `${doing} ${subjectName(subject)} on ${subject.preset}`,
    share: field.turnsBegun++ / turns,
    report: reportOf(lanes, unavailable, task, hostName),
  }
}

/** Whoever fails is out, with the reason; the others go on. */
async function attempt(field: Field, lane: Lane, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    field.unavailable.push({ ...lane.contender.subject, reason: reasonOf(error) })
    field.lanes = field.lanes.filter((other) => other !== lane)
    closeLane(lane)
  }
}

/** Opens and warms up a contender that is not awake, and lets those go that rested longest where memory is short. */
async function wake({ lanes, task, host }: Field, lane: Lane): Promise<Work> {
  lane.lastTurnAt = host.now()
  if (lane.work !== null) return lane.work
  const work = await lane.contender.open()
  lane.work = work
  makeRoom(lanes, lane)
  const { losses } = await work.turn(task.warmUpSeconds)
  lane.firstLoss ??= losses[0] ?? null
  return work
}

function makeRoom(lanes: readonly Lane[], awake: Lane): void {
  const resting = lanes.filter(({ work }) => work !== null).toSorted((a, b) => a.lastTurnAt - b.lastTurnAt)
  let held = resting.reduce((sum, { work }) => sum + (work?.memoryBytes ?? 0), 0)
  for (const lane of resting) {
    if (held <= MEMORY_BYTES || lane === awake) return
    held -= lane.work?.memoryBytes ?? 0
    closeLane(lane)
  }
}

/** A refusal in its own words; anything else with its kind, since it may be a fault. */
function reasonOf(error: unknown): string {
  if (error instanceof EngineUnavailableError) return error.message
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
