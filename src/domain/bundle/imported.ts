import type { EpochMillis, Sha256 } from '../ids'
import { versionId } from '../ids'
import { canonicalJson, type JsonValue } from '../registry/canonical-json'
import type { ModelVersion, VersionOrigin } from '../registry/records'
import { nextNumber, runOf } from '../registry/versions'

/** What an import brings: a version without its place in the registry here. */
export type ImportedModel = Omit<ModelVersion, 'id' | 'model' | 'version' | 'createdAt' | 'parent'>

/** The import of a bundle's version; where it came from stays part of it. */
export function importedModel(version: ModelVersion, fileName: string, bundleSha256: Sha256): ImportedModel {
  const { network, parameterCount, preprocess, dataset, weightsSha256 } = version
  const { evaluation, goldenSha256, baseline, recipe } = version
  const origin: VersionOrigin = {
    kind: 'bundle',
    fileName,
    bundleSha256,
    versionId: version.id,
    runId: runOf(version),
  }
  return {
    origin,
    network,
    parameterCount,
    preprocess,
    dataset,
    weightsSha256,
    evaluation,
    goldenSha256,
    baseline,
    recipe,
  }
}

/** The registry entry of an import: one above the highest number its model ever had. */
export function importedVersion(
  model: string,
  imported: ImportedModel,
  existing: readonly Pick<ModelVersion, 'model' | 'version'>[],
  createdAt: EpochMillis,
): ModelVersion {
  const version = nextNumber(model, existing)
  return { ...imported, id: versionId(model, version), model, version, createdAt, parent: null }
}

/** The newest version that answers as the import does: the same weights in the same network behind the same preprocessing. */
export function sameModel<Version extends ModelVersion>(
  versions: readonly Version[],
  imported: ImportedModel,
): Version | undefined {
  return versions
    .filter((version) => contentOf(version) === contentOf(imported))
    .toSorted((a, b) => b.version - a.version)[0]
}

function contentOf({ weightsSha256, network, preprocess }: ImportedModel): string {
  const content: JsonValue = {
    weightsSha256,
    network: network.kind === 'spec' ? layersOf(network.spec.layers) : network.topologySha256,
    mean: preprocess.mean,
    std: preprocess.std,
  }
  return canonicalJson(content)
}

function layersOf(layers: readonly object[]): JsonValue {
  return layers.map((layer) => ({ ...layer }))
}
