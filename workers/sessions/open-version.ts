import type { VersionId } from '../../src/domain/ids'
import { decodeGolden, type GoldenVectors } from '../../src/domain/metrics/golden'
import type { ModelVersion } from '../../src/domain/registry/records'
import { readVersion } from '../../src/storage/registry'
import type { EngineHost } from '../engine/contract'
import { openNetwork, type NetworkPredictor } from '../engine/open-network'

export interface OpenedVersion {
  readonly version: ModelVersion
  readonly predictor: NetworkPredictor
  readonly golden: GoldenVectors | null
}

/**
 * Reads a stored version, verifies its bytes and makes it answer. The one way from a version's id to its answers; the predictor is
 * the caller's to dispose of.
 *
 * @param threads of the processor; 0: as many as it runs at once
 * @throws StorageError 'not-found' or 'damaged'; EngineUnavailableError; RangeError for a foreign model that cannot be read
 */
export async function openVersion(id: VersionId, host: EngineHost, threads: number): Promise<OpenedVersion> {
  const { version, weights, golden, topology } = await readVersion(id)
  const vectors = golden === null ? null : decodeGolden(golden)
  const { network, preprocess } = version
  const predictor = await openNetwork(network, { weights, topology }, preprocess, host, threads)
  return { version, predictor, golden: vectors }
}
