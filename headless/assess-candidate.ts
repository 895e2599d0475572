import type { Dataset } from '../src/domain/dataset/dataset'
import { jsonText, writeAtomically } from './files'
import { done, type Result } from './problem'
import { readRegistry } from './registry'
import { type Candidate, evaluationOutputs, releaseStage, releaseSummary } from './release-stage'
import type { Job } from './stages'

/** Writes evaluation and decision; what `--json` says of them. */
export async function assessCandidate(
  candidate: Candidate,
  dataset: Dataset,
  seconds: number,
  job: Job,
): Promise<Result<ReturnType<typeof releaseSummary> & { readonly rocAucMacro: number | null }>> {
  const { out } = job.line
  const registry = await readRegistry(out)
  if (!registry.ok) return registry
  const { evaluation } = candidate
  const model = job.resolved.params.mlflow.registered_model_name
  const assessment = await releaseStage(candidate, dataset, registry.value, model, job)
  await writeAtomically(
    out,
    new Map([
      ...evaluationOutputs(evaluation, seconds, assessment),
      ['evaluation.json', jsonText(evaluation)],
    ]),
  )
  return done({ rocAucMacro: evaluation.detail?.rocAuc.macro ?? null, ...releaseSummary(assessment) })
}
