import type { Preprocess } from '../../src/domain/image/preprocess'
import type { Network } from '../../src/domain/registry/records'
import type { EngineHost, Predictor } from './contract'
import { createPredictor } from './create'

/** A model that answers; its weights are its own for good. */
export type NetworkPredictor = Pick<Predictor, 'record' | 'predict' | 'dispose'>

export interface NetworkBytes {
  /** Little-endian float32, or a foreign model's weight file. */
  readonly weights: Uint8Array
  /** A foreign model's model.json; null for a network of ours. */
  readonly topology: Uint8Array | null
}

/**
 * Makes a version's network answer, ours or somebody else's; the predictor is the caller's to dispose of.
 *
 * @param threads of the processor; 0: as many as it runs at once
 * @throws RangeError for a model that cannot be built; EngineUnavailableError
 */
export async function openNetwork(
  network: Network,
  { weights, topology }: NetworkBytes,
  preprocess: Preprocess,
  host: EngineHost,
  threads: number,
): Promise<NetworkPredictor> {
  if (network.kind === 'spec') {
    const floats = new Float32Array(weights.slice().buffer)
    const choice = { threads, convolution: 'auto', like: null } as const
    return createPredictor(network.spec, floats, preprocess, host, choice)
  }
  // tfjs is two megabytes: it comes for the models that need it only.
  const { createLayersModelPredictor } = await import('./tfjs/layers-model')
  const json = parsed(topology ?? new Uint8Array())
  return createLayersModelPredictor({ json, weights }, preprocess, 'cpu', host)
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw new RangeError('model.json is not JSON')
  }
}
