import { DEFAULT_PARAMS } from '../params/defaults'
import type { ReleaseThresholds } from './assessment'

/** Thresholds, and what they are called. */
export interface ReleaseGate {
  /** A profile's name, or "custom". */
  readonly profile: string
  readonly thresholds: ReleaseThresholds
}

/** Of thresholds that are no profile's. */
const CUSTOM = 'custom'

/** The release-gate system's profiles, from its defaults to the one for models that were trained in full. */
export const RELEASE_PROFILES = {
  default: DEFAULT_PARAMS.release,
  evaluation: {
    min_accuracy: 0.97,
    min_precision: 0.92,
    min_recall: 0.92,
    min_f1_score: 0.92,
    max_loss: 0.15,
    min_per_class_accuracy: 0.85,
    max_inference_time_ms: 75,
    min_confidence_threshold: 0.75,
  },
  strict: {
    min_accuracy: 0.98,
    min_precision: 0.95,
    min_recall: 0.95,
    min_f1_score: 0.95,
    max_loss: 0.1,
    min_per_class_accuracy: 0.9,
    max_inference_time_ms: 50,
    min_confidence_threshold: 0.8,
  },
  /** Four are lowered for a short training; the others are the defaults. */
  ci: {
    ...DEFAULT_PARAMS.release,
    min_accuracy: 0.8,
    min_precision: 0.7,
    min_recall: 0.7,
    min_f1_score: 0.7,
  },
} as const satisfies Record<string, ReleaseThresholds>

export type ReleaseProfile = keyof typeof RELEASE_PROFILES

/** The gate of a profile. */
export function gateOf(profile: ReleaseProfile): ReleaseGate {
  return { profile, thresholds: RELEASE_PROFILES[profile] }
}

/** The gate of some thresholds, under the name of the profile that has the same. */
export function gateWith(thresholds: ReleaseThresholds): ReleaseGate {
  const found = Object.entries(RELEASE_PROFILES).find(([, profile]) => sameThresholds(profile, thresholds))
  return { profile: found?.[0] ?? CUSTOM, thresholds }
}

function sameThresholds(one: ReleaseThresholds, other: ReleaseThresholds): boolean {
  return Object.entries(one).every(([name, value]) => other[name as keyof ReleaseThresholds] === value)
}
