import type { VersionId } from '../../src/domain/ids'
import { decodeGolden, type GoldenVectors } from '../../src/domain/metrics/golden'
import type { ModelVersion } from '../../src/domain/registry/records'
import { readVersion } from '../../src/storage/registry'
import type { EngineHost, Predictor } from '../engine/contract'
import { createPredictor } from '../engine/create'
import { floatsOf } from './browser-host'

/** A version that answers; its weights are its own for good. */
export type VersionPredictor = Pick<Predictor, 'record' | 'predict' | 'dispose'>

export interface OpenedVersion {
  readonly version: ModelVersion
  readonly predictor: VersionPredictor
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
  if (network.kind === 'spec') {
    const choice = { threads, convolution: 'auto', like: null } as const
    const predictor = await createPredictor(network.spec, floatsOf(weights), preprocess, host, choice)
    return { version, predictor, golden: vectors }
  }
  // tfjs is two megabytes: it comes for the models that need it only.
  const { createLayersModelPredictor } = await import('../engine/tfjs/layers-model')
  const json: unknown = JSON.parse(new TextDecoder().decode(topology ?? new Uint8Array()))
  const files = { json, weights }
  const predictor = await createLayersModelPredictor(files, preprocess, 'cpu', host)
  return { version, predictor, golden: vectors }
}
