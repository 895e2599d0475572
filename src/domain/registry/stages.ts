import type { VersionId } from '../ids'
import type { RegistryEvent, Stage } from './records'

/** MLflow's, from new to old. */
export const STAGES: readonly Stage[] = ['None', 'Staging', 'Production', 'Archived']

/** A version's stage by the registry's own history. @param events in the order of their sequence */
export function stageOf(events: readonly RegistryEvent[], versionId: VersionId): Stage {
  const move = events
    .map((event) => event.action)
    .findLast((action) => action.kind === 'stage-moved' && action.versionId === versionId)
  return move?.kind === 'stage-moved' ? move.to : 'None'
}
