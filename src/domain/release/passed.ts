import type { StoredAssessment } from './assessment'

/** The newest assessment that lets a model pass: approved, or overridden by a person; null when none does. */
export function passedAssessment(assessments: readonly StoredAssessment[]): StoredAssessment | null {
  const passed = assessments.filter(
    ({ assessment, override }) => assessment.decision === 'APPROVE' || override !== null,
  )
  return passed.toSorted((a, b) => b.at - a.at)[0] ?? null
}

/** Why an assessment lets a model pass, for the history. */
export function passedReason({ assessment, override }: StoredAssessment): string {
  return override === null
    ? `Approved by the release gate "${assessment.profile}"`
    : `Rejected by the release gate "${assessment.profile}", let pass by hand: ${override}`
}
