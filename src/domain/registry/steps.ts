import type { DigestFn, EpochMillis, VersionId } from '../ids'
import type { StoredAssessment } from '../release/assessment'
import { registryEvent } from './chain'
import type { RegistryAction, RegistryEvent } from './records'

/** One thing that happens in the registry, and why. */
export interface RegistryStep {
  readonly action: RegistryAction
  readonly reason: string
}

/** The events that follow `after`, all of one moment. */
export async function eventsOf(
  steps: readonly RegistryStep[],
  after: RegistryEvent | null,
  at: EpochMillis,
  digest: DigestFn,
): Promise<RegistryEvent[]> {
  const events: RegistryEvent[] = []
  for (const { action, reason } of steps)
    events.push(await registryEvent(events.at(-1) ?? after, action, at, reason, digest))
  return events
}

/** A gate's decision as the history tells it. */
export function releaseStep(
  versionId: VersionId,
  { assessment, override }: Pick<StoredAssessment, 'assessment' | 'override'>,
): RegistryStep {
  const { decision, profile, checks } = assessment
  const passed = checks.filter((check) => check.passed).length
  return {
    action: { kind: 'release-decided', versionId, decision, overridden: override !== null },
    reason: override ?? `Release gate "${profile}": ${passed} of ${checks.length} checks hold`,
  }
}
