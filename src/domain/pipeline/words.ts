import { STAGE_DEFINITIONS, STAGES, type Fingerprint, type StageName } from './stages'
import type { PipelineStatus, StageState } from './state'

/** Said when no stage has anything to do, in the words of the tool whose `status` this is. */
export const UP_TO_DATE = 'Data and pipelines are up to date.'

const DIGEST = /^[0-9a-f]{64}$/

/** "train.lr changed from 0.01 to 0.02"; of digests only that they changed. */
export function changeWords(name: string, before: Fingerprint[string], now: Fingerprint[string]): string {
  if (isDigest(before) || isDigest(now)) return `the ${name} changed`
  const what = name.includes('.') ? name : `the ${name}`
  return `${what} changed from ${shown(before)} to ${shown(now)}`
}

function isDigest(value: Fingerprint[string]): boolean {
  return typeof value === 'string' && DIGEST.test(value)
}

function shown(value: Fingerprint[string]): string {
  return value === null ? 'none' : String(value)
}

/** Why a stage stands as it does; empty for one that is fresh or under way. */
export function reasonsOf(state: StageState): readonly string[] {
  switch (state.state) {
    case 'fresh':
    case 'running':
      return []
    case 'new':
    case 'stale':
    case 'held':
    case 'failed':
      return state.why
  }
}

/** The whole status as lines of text: what is stale and why, or that nothing is. */
export function statusText(status: PipelineStatus): string {
  const lines = STAGES.flatMap((stage) => {
    const { state } = status[stage]
    if (state === 'fresh') return []
    return [`${stage}: ${state}`, ...reasonsOf(status[stage]).map((reason) => `  ${reason}`)]
  })
  return lines.length === 0 ? UP_TO_DATE : lines.join('\n')
}

/** The graph of the stages with their states, for whatever draws Mermaid. */
export function pipelineMermaid(status: PipelineStatus): string {
  const nodes = STAGES.map(
    (stage) => `  ${stage}["${STAGE_DEFINITIONS[stage].title}: ${status[stage].state}"]`,
  )
  const edges = STAGES.flatMap((stage) => drawnAfter(stage).map((earlier) => `  ${earlier} --> ${stage}`))
  return ['flowchart LR', ...nodes, ...edges, ''].join('\n')
}

function drawnAfter(stage: StageName): readonly StageName[] {
  return STAGE_DEFINITIONS[stage].after
}
