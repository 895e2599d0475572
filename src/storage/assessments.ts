import type { AssessmentId, Sha256 } from '../domain/ids'
import type { StoredAssessment } from '../domain/release/assessment'
import { studio } from './database'

export async function getAssessment(id: AssessmentId): Promise<StoredAssessment | null> {
  return (await studio.assessments.get(id)) ?? null
}

/** Of all weights, newest first. */
export async function listAllAssessments(): Promise<StoredAssessment[]> {
  return (await studio.assessments.toArray()).sort((a, b) => b.at - a.at)
}

/** Of one model's weights, newest first. */
export async function listAssessments(weights: Sha256): Promise<StoredAssessment[]> {
  const rows = await studio.assessments.where('weightsSha256').equals(weights).toArray()
  return rows.sort((a, b) => b.at - a.at)
}
