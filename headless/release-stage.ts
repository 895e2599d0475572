import type { Dataset } from '../src/domain/dataset/dataset'
import type { Sha256, VersionId } from '../src/domain/ids'
import type { Preprocess } from '../src/domain/image/preprocess'
import type { Evaluation } from '../src/domain/metrics/evaluation'
import { classificationReportText } from '../src/domain/metrics/report-text'
import { evaluationResults } from '../src/domain/metrics/results'
import { answersOf } from '../src/domain/metrics/softmax'
import type { ModelSpec } from '../src/domain/model/spec'
import { assessRelease, compareWithChampion } from '../src/domain/release/assess'
import type { ChampionComparison, ReleaseAssessment } from '../src/domain/release/assessment'
import { assessmentJson } from '../src/domain/release/assessment-json'
import { gateWith } from '../src/domain/release/profiles'
import { championSentence, decisionSentence } from '../src/domain/release/words'
import { createPredictor } from '../workers/engine/create'
import { predictSplit } from '../workers/engine/evaluate'
import { jsonText } from './files'
import { nodeEngineHost } from './host'
import type { ResolvedParams } from './params'
import type { Progress } from './progress'
import { readRegistered } from './registered-model'
import { aliasOf, type FileRegistry } from './registry'

/** A measured model that wants to be released. */
export interface Candidate {
  readonly weightsSha256: Sha256
  readonly evaluation: Evaluation
  /** The class it read in each test image. */
  readonly answers: Uint8Array
}

interface Surroundings {
  readonly line: { readonly out: string }
  readonly resolved: ResolvedParams
  readonly progress: Progress
}

interface ModelParts {
  readonly spec: ModelSpec
  readonly weights: Float32Array
  readonly preprocess: Preprocess
}

/** Puts a measured model through the gate of `release`, beside the registry's champion on the same digits. */
export async function releaseStage(
  candidate: Candidate,
  dataset: Dataset,
  registry: FileRegistry,
  model: string,
  { line, resolved, progress }: Surroundings,
): Promise<ReleaseAssessment> {
  const id = aliasOf(registry, model, 'champion')
  const champion = registry.versions.find((version) => version.id === id)
  let comparison: ChampionComparison | null = null
  if (champion && champion.weightsSha256 !== candidate.weightsSha256 && champion.network.kind === 'spec') {
    const read = await readRegistered(line.out, champion)
    if (read.ok) {
      const { spec } = champion.network
      const parts = { spec, weights: read.value.weights, preprocess: champion.preprocess }
      comparison = await besideChampion(candidate, champion.id, parts, dataset, progress)
    } else progress.say(`The champion could not be compared with: ${read.problem.message}`)
  }
  const gate = gateWith(resolved.params.release)
  const assessment = assessRelease(candidate.evaluation, gate, comparison)
  progress.say(`${assessment.decision}: ${decisionSentence(assessment)}`)
  if (comparison !== null) progress.say(championSentence(comparison))
  return assessment
}

async function besideChampion(
  { answers }: Candidate,
  versionId: VersionId,
  { spec, weights, preprocess }: ModelParts,
  { test }: Dataset,
  progress: Progress,
): Promise<ChampionComparison> {
  progress.show(`Reading ${test.count} test digits with ${versionId}`)
  const host = nodeEngineHost()
  const choice = { threads: 0, convolution: 'auto', like: null } as const
  const predictor = await createPredictor(spec, weights, preprocess, host, choice)
  try {
    const { labels } = answersOf(await predictSplit(predictor, test, host))
    return compareWithChampion(versionId, answers, labels, test.labels)
  } finally {
    predictor.dispose()
  }
}

/** The files of an evaluation, where the release-gate system puts them. */
export function evaluationOutputs(
  evaluation: Evaluation,
  seconds: number | null,
  assessment: ReleaseAssessment,
): Iterable<readonly [string, string]> {
  return [
    ['evaluation/evaluation_results.json', jsonText(evaluationResults(evaluation, seconds))],
    ['evaluation/classification_report.txt', classificationReportText(evaluation)],
    ['evaluation/release_assessment.json', jsonText(assessmentJson(assessment))],
  ]
}

/** What `--json` says of a gate's decision. */
export function releaseSummary(assessment: ReleaseAssessment) {
  const { decision, profile, checks, interval, champion } = assessment
  return {
    release: decision,
    profile,
    failedChecks: checks.filter(({ passed }) => !passed).map(({ name }) => name),
    interval,
    champion: champion && {
      version: champion.versionId,
      verdict: champion.verdict,
      p: champion.paired.p,
      onlyThis: champion.paired.onlyFirst,
      onlyChampion: champion.paired.onlySecond,
    },
  }
}
