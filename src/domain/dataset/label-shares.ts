import type { SplitProfile } from './dataset'

/**
 * The share of each class, by label: the reference pipeline's `baseline_distribution.json`, which drift is measured against.
 * Shares are count / all, unrounded, in label order.
 */
export function labelShares({ classCounts, count }: SplitProfile): Readonly<Record<string, number>> {
  return Object.fromEntries(classCounts.map((found, label) => [label, found / count]))
}
