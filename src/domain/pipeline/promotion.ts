import type { ReleaseAssessment, StoredAssessment } from '../release/assessment'
import { championSentence, decisionSentence } from '../release/words'
import type { StudioParams } from '../params/schema'
import type { Stage } from '../registry/records'

/** Whether a model may take the champion's place, and why or why not. */
export interface Succession {
  readonly allowed: boolean
  readonly reason: string
}

/**
 * A model that the gate let pass takes the champion's place unless it is measurably worse. Without a comparison it does so only
 * where nobody is in service, or where its own weights are.
 *
 * @param championStands whether another model is in service that it was to be compared with
 */
export function succession(
  { assessment, override }: Pick<StoredAssessment, 'assessment' | 'override'>,
  championStands: boolean,
): Succession {
  const { decision, champion } = assessment
  if (decision === 'REJECT' && override === null)
    return { allowed: false, reason: `Rejected by the release gate: ${decisionSentence(assessment)}` }
  if (champion === null && championStands)
    return { allowed: false, reason: 'It could not be compared with the champion on the same digits.' }
  if (champion?.verdict === 'worse') return { allowed: false, reason: championSentence(champion) }
  return { allowed: true, reason: promotionReason(assessment) }
}

function promotionReason(assessment: ReleaseAssessment): string {
  const { champion, profile } = assessment
  const beside = champion === null ? 'Nobody was in service.' : championSentence(champion)
  return `Approved by the release gate "${profile}". ${beside}`
}

/** The stage of a new version: production for one that goes into service there, else where `registry` puts them. */
export function stageFor(registry: StudioParams['registry'], intoService: boolean): Stage {
  return intoService && registry.promote_to_production ? 'Production' : registry.default_stage
}
