import type { EpochMillis, RunId, Sha256, VersionId } from '../ids'
import { versionId } from '../ids'
import type { ModelVersion, Network } from './records'
import type { EndedRun } from './run'

/** One above the highest number a model ever had; 1 for the first. */
export function nextNumber(
  model: string,
  existing: readonly Pick<ModelVersion, 'model' | 'version'>[],
): number {
  const taken = existing.filter((version) => version.model === model).map(({ version }) => version)
  return Math.max(0, ...taken) + 1
}

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
  parent: VersionId | null = null,
): ModelVersion {
  const version = nextNumber(model, existing)
  const { result } = run.status
  return {
    id: versionId(model, version),
    model,
    version,
    origin: { kind: 'run', runId: run.id },
    createdAt,
    network: { kind: 'spec', spec: run.spec },
    parameterCount: run.parameterCount,
    preprocess: run.preprocess,
    dataset: run.dataset,
    weightsSha256: result.weightsSha256,
    evaluation: result.evaluation,
    goldenSha256: result.goldenSha256 ?? null,
    baseline: result.baseline ?? null,
    recipe: { train: run.params, augment: run.augment },
    parent,
  }
}

/** The newest version that has these very weights; undefined when none has. */
export function twinOf<Version extends Pick<ModelVersion, 'version' | 'weightsSha256'>>(
  versions: readonly Version[],
  weights: Sha256,
): Version | undefined {
  return versions
    .filter((version) => version.weightsSha256 === weights)
    .toSorted((a, b) => b.version - a.version)[0]
}

/** The run that made a version, here or where it was exported; null for a model of unknown making. */
export function runOf(version: Pick<ModelVersion, 'origin'>): RunId | null {
  const { origin } = version
  return origin.kind === 'layers-model' ? null : origin.runId
}

/** Every Blob a version needs. */
export function blobsOf({ weightsSha256, goldenSha256, network }: ModelVersion): readonly Sha256[] {
  const topology = network.kind === 'layers-model' ? [network.topologySha256] : []
  return [weightsSha256, ...(goldenSha256 === null ? [] : [goldenSha256]), ...topology]
}

/** A network's name, for people. */
export function networkName(network: Network): string {
  return network.kind === 'spec' ? network.spec.name : network.name
}
