import { largestDifference } from '../../src/domain/metrics/golden'
import type { BundleProblem, VerifiedBundle } from './contract'

/** A model that answers: count × 784 bytes → count × 10 logits. */
export interface Answering {
  readonly predict: (images: Uint8Array) => Promise<Float32Array>
}

export interface Rehearsal {
  /** Of any logit, from what the bundle says. */
  readonly largestDifference: number
  /** Null when the model answers as it did where it was made. */
  readonly problem: BundleProblem | null
}

/** Has a bundle's model answer its golden vectors: the proof that weights, network and preprocessing belong together. */
export async function rehearse(
  { golden, tolerance }: Pick<VerifiedBundle, 'golden' | 'tolerance'>,
  predictor: Answering,
): Promise<Rehearsal> {
  const difference = largestDifference(golden.logits, await predictor.predict(golden.images))
  // So written that a difference which is not a number is a problem.
  if (difference <= tolerance) return { largestDifference: difference, problem: null }
  return {
    largestDifference: difference,
    problem: {
      code: 'digest-mismatch',
      message: `The model does not answer as it did where it was made: its logits for the ${golden.count} golden digits differ by up to ${difference.toPrecision(3)}, at most ${tolerance.toPrecision(2)} was expected. Its preprocessing, its network or its weights were changed; export it again.`,
    },
  }
}
