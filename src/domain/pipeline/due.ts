import type { DriftReport } from '../drift/report'
import { epochMillis, type EpochMillis, type VersionId } from '../ids'
import type { StudioParams } from '../params/schema'
import type { Retraining, RetrainingTrigger } from './retraining'

/** What decides whether a retraining begins by itself. */
export interface RetrainingFacts {
  /** A person's choice where they made one, else `retrain.enable_auto_retrain`. */
  readonly enabled: boolean
  readonly now: EpochMillis
  readonly champion: VersionId | null
  /** Digits that people named and that are in no dataset yet. */
  readonly unusedFeedback: number
  /** Newest first. */
  readonly reports: readonly DriftReport[]
  /** Newest first. */
  readonly retrainings: readonly Retraining[]
}

export type RetrainingDue =
  | { readonly due: true; readonly trigger: RetrainingTrigger }
  /** `until`: when the cool-down ends, where only that is in the way. */
  | { readonly due: false; readonly reason: string; readonly until: EpochMillis | null }

/**
 * Whether a retraining begins by itself now, and what made it. Each report and each wish for feedback is answered once: what was
 * there before the last retraining began no longer counts.
 */
export function retrainingDue(facts: RetrainingFacts, policy: StudioParams['retrain']): RetrainingDue {
  const { enabled, now, champion, retrainings } = facts
  if (!enabled) return never('Retraining by itself is off.')
  if (champion === null) return never('No model is in service yet: there is nothing to retrain.')
  const last = retrainings[0]
  if (last !== undefined && isUnderWay(last)) return never('A retraining is under way.')
  const trigger = triggerOf(facts, champion, policy)
  if (trigger === null) return never('Neither drift nor enough feedback was found since the last one.')
  const until = (last?.at ?? 0) + policy.cool_down_minutes * 60_000
  if (last !== undefined && until > now)
    return { due: false, reason: 'The last retraining was a short while ago.', until: epochMillis(until) }
  return { due: true, trigger }
}

/** Begun and not at its end; nobody may be at work on it. */
export function isUnderWay({ outcome }: Retraining): boolean {
  switch (outcome.state) {
    case 'collecting':
    case 'training':
    case 'assessing':
      return true
    case 'promoted':
    case 'discarded':
    case 'failed':
      return false
  }
}

function triggerOf(
  { reports, retrainings, unusedFeedback }: RetrainingFacts,
  champion: VersionId,
  policy: StudioParams['retrain'],
): RetrainingTrigger | null {
  const { feedback_count: wanted, on_drift: onDrift } = policy
  if (wanted > 0 && unusedFeedback >= wanted) return { kind: 'feedback', count: unusedFeedback }
  const since = retrainings[0]?.at ?? 0
  const report = reports.find(
    ({ at, verdict, versionId, window }) =>
      // A simulation is an exercise, and drift of another version is not the champion's.
      at > since && verdict === 'drift' && versionId === champion && window.kind !== 'simulation',
  )
  return onDrift && report !== undefined ? { kind: 'drift', reportId: report.id } : null
}

function never(reason: string): RetrainingDue {
  return { due: false, reason, until: null }
}
