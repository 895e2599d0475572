import type { StoredAssessment } from './assessment'

/** The newest assessment where it lets a model pass: approved, or overridden by a person. A later rejection takes that back. */
export function passedAssessment(assessments: readonly StoredAssessment[]): StoredAssessment | null {
  const newest = assessments.toSorted((a, b) => b.at - a.at)[0]
  if (newest === undefined) return null
  return newest.assessment.decision === 'APPROVE' || newest.override !== null ? newest : null
}

/** Why an assessment lets a model pass, for the history. */
export function passedReason({ assessment, override }: StoredAssessment): string {
  return override === null
    ? `Approved by the release gate "${assessment.profile}"`
    : `Rejected by the release gate "${assessment.profile}", let pass by hand: ${override}`
}
