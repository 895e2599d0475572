import {
  STAGE_DEFINITIONS,
  STAGES,
  type Fingerprint,
  type PipelineSettings,
  type StageName,
  type StageRecord,
  type StageRecords,
} from './stages'
import type { PipelineStatus, StageState } from './state'
import { changeWords } from './words'

/** What is happening to a stage right now; a failure stands until the next try. */
export type LiveStage =
  | { readonly stage: StageName; readonly state: 'running' }
  | { readonly stage: StageName; readonly state: 'failed'; readonly message: string }

/**
 * How each stage stands: fresh where some past execution was given exactly what it would be given now, else stale or new with the
 * reason, and stale or new wherever a stage before it is.
 *
 * @param records a change is told against the first of a stage's records; any of them can make it fresh
 */
export function pipelineStatus(
  settings: PipelineSettings,
  records: StageRecords,
  live: LiveStage | null = null,
): PipelineStatus {
  const states: Partial<Record<StageName, StageState>> = {}
  const made: Record<string, Fingerprint[string]> = {}
  for (const stage of STAGES) {
    const { after, takes } = STAGE_DEFINITIONS[stage]
    const blocking = after.filter((earlier) => states[earlier]?.state !== 'fresh')
    const taken = Object.fromEntries(takes.map((name) => [name, made[name] ?? null]))
    const state =
      blocking.length > 0
        ? waiting(blocking, records[stage])
        : compared({ ...settings[stage], ...taken }, records[stage])
    if (state.state === 'fresh') Object.assign(made, state.record.outputs)
    states[stage] = live?.stage === stage ? liveState(live) : state
  }
  return states as PipelineStatus
}

/** The first stage that has something to do, in the order of the work; null when everything is up to date. */
export function nextStage(status: PipelineStatus): StageName | null {
  return STAGES.find((stage) => !['fresh', 'held'].includes(status[stage].state)) ?? null
}

/** Whether nothing is left to do: a model that the gate rejected is held, and is nothing to do. */
export function isUpToDate(status: PipelineStatus): boolean {
  return nextStage(status) === null
}

function compared(inputs: Fingerprint, records: readonly StageRecord[]): StageState {
  const match = records.find((record) => changes(inputs, record.inputs).length === 0)
  if (match !== undefined) return { state: 'fresh', record: match }
  if (inputs['decision'] === 'REJECT')
    return { state: 'held', why: ['The gate rejected these weights: nothing is registered'] }
  const last = records[0]
  if (last === undefined) return { state: 'new', why: ['It never ran'] }
  return { state: 'stale', why: changes(inputs, last.inputs), last }
}

function waiting(blocking: readonly StageName[], records: readonly StageRecord[]): StageState {
  const last = records[0]
  const names = blocking.map((stage) => STAGE_DEFINITIONS[stage].title).join(' and ')
  const why = [`${names} ${blocking.length === 1 ? 'comes' : 'come'} first`]
  return last === undefined ? { state: 'new', why } : { state: 'stale', why, last }
}

/** Inputs that a record does not know (of an older build, or not compared) count as they are now. */
function changes(now: Fingerprint, then: Fingerprint): readonly string[] {
  return Object.entries(now).flatMap(([name, value]) => {
    const before = then[name]
    return before === undefined || before === value ? [] : [changeWords(name, before, value)]
  })
}

function liveState(live: LiveStage): StageState {
  return live.state === 'running' ? { state: 'running' } : { state: 'failed', why: [live.message] }
}
