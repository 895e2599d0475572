import type { VersionId } from '../ids'
import type { Evaluation } from '../metrics/evaluation'
import { pairAnswers } from '../metrics/paired'
import type { ChampionComparison, ReleaseAssessment } from './assessment'
import { releaseChecks, releaseValues } from './checks'
import type { ReleaseGate } from './profiles'

/** How unlikely a difference must be between equally good models to be called one. */
const SIGNIFICANCE = 0.05

/**
 * A gate's decision on one evaluation: APPROVE iff all eight checks hold. The comparison with the champion is told beside it and
 * decides nothing.
 */
export function assessRelease(
  evaluation: Evaluation,
  { profile, thresholds }: ReleaseGate,
  champion: ChampionComparison | null,
): ReleaseAssessment {
  const checks = releaseChecks(releaseValues(evaluation), thresholds)
  const { splitDigest, count, accuracy, interval } = evaluation
  return {
    decision: checks.every(({ passed }) => passed) ? 'APPROVE' : 'REJECT',
    checks,
    thresholds,
    profile,
    splitDigest,
    count,
    accuracy,
    interval,
    champion,
  }
}

/**
 * Pairs a candidate's answers with the champion's on the same images, index = image, and says whether they differ by more than
 * chance (exact McNemar, 0.05).
 *
 * @throws RangeError unless all three have the same, positive length
 */
export function compareWithChampion(
  versionId: VersionId,
  candidate: Uint8Array,
  champion: Uint8Array,
  labels: Uint8Array,
): ChampionComparison {
  const paired = pairAnswers(candidate, champion, labels)
  if (paired.p >= SIGNIFICANCE) return { versionId, paired, verdict: 'not-distinguishable' }
  return { versionId, paired, verdict: paired.onlyFirst > paired.onlySecond ? 'better' : 'worse' }
}
