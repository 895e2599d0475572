import type { EpochMillis } from '../ids'
import { versionId } from '../ids'
import type { ModelVersion } from './records'
import type { EndedRun } from './run'

/**
 * The registry entry that an ended run makes: one above the highest number its model ever had, 1 for the first. Numbers
 * are never given twice, so `existing` must also name versions whose files were deleted.
 *
 * @param existing versions of any model
 * @throws RangeError when the model's name cannot stand in a version id
 */
export function nextVersion(
  model: string,
  run: EndedRun,
  existing: readonly Pick<ModelVersion, 'model' | 'version'>[],
  createdAt: EpochMillis,
): ModelVersion {
  const taken = existing.filter((version) => version.model === model).map(({ version }) => version)
  const version = Math.max(0, ...taken) + 1
  const { result } = run.status
  return {
    id: versionId(model, version),
    model,
    version,
    runId: run.id,
    createdAt,
    spec: run.spec,
    parameterCount: run.parameterCount,
    preprocess: run.preprocess,
    dataset: run.dataset,
    weightsSha256: result.weightsSha256,
    evaluation: result.evaluation,
  }
}
