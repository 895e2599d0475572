import type { Sha256 } from '../src/domain/ids'
import type { ModelVersion } from '../src/domain/registry/records'
import { readOutput } from './files'
import { floatsOfBytes } from './float-bytes'
import { digestNow } from './host'
import { done, type Result, usage } from './problem'
import { type FileRegistry, weightsFile } from './registry'

/** A version of the file registry with its weights, checked against their digest. */
export interface RegisteredModel {
  readonly version: ModelVersion
  readonly weights: Float32Array
}

/**
 * The version that a number or an alias names.
 * @param wanted for example `3` or `champion`
 */
export function findVersion(registry: FileRegistry, model: string, wanted: string): ModelVersion | null {
  const versions = registry.versions.filter((version) => version.model === model)
  const named = registry.aliases.find((entry) => entry.model === model && entry.alias === wanted)
  return versions.find(({ id, version }) => id === named?.versionId || String(version) === wanted) ?? null
}

/** Reads a version's weights from the registry's folder. */
export async function readRegistered(out: string, version: ModelVersion): Promise<Result<RegisteredModel>> {
  const name = weightsFile(version)
  const wayOut = 'Restore the file, or choose another version.'
  const bytes = await readOutput(out, name, wayOut)
  if (!bytes.ok) return bytes
  const found = digestNow(bytes.value)
  if (found !== version.weightsSha256)
    return usage(
      'digest-mismatch',
      `${name} of ${version.id} has digest ${found}, but ${version.weightsSha256} was registered. ${wayOut}`,
    )
  return done({ version, weights: floatsOfBytes(bytes.value) })
}

/** Where a version's golden vectors lie, and a foreign model's topology: under their digests, as weights do. */
export function goldenFile(sha256: Sha256): string {
  return `registry/golden/${sha256}.bin`
}

export function topologyFile(sha256: Sha256): string {
  return `registry/topology/${sha256}.json`
}
