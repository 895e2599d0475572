import type { VerifiedBundle, BundleOutcome } from '../workers/bundle/contract'
import { proveBundle, type BundleProof, type StoredSplit } from '../workers/bundle/prove'
import { openNetwork } from '../workers/engine/open-network'
import { nodeEngineHost } from './host'

/** Has a bundle's model answer here: its golden vectors, and a sample of its own test split where that is at hand. */
export async function proveHere(
  bundle: VerifiedBundle,
  split: StoredSplit | null,
): Promise<BundleOutcome<BundleProof>> {
  const { network, preprocess } = bundle.version
  try {
    const predictor = await openNetwork(network, bundle, preprocess, nodeEngineHost(), 1)
    try {
      return await proveBundle(bundle, predictor, split)
    } finally {
      predictor.dispose()
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return {
      ok: false,
      problem: { code: 'bad-input', message: `The model cannot be run here: ${error.message}.` },
    }
  }
}
