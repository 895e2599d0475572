import { mix32 } from '../../domain/random'

/** Digits side by side in the strip. */
export const STRIP_DIGITS = 8

/** Which training digits the strip shows at its `turn`-th shuffle: spread over the split, none twice; fewer in a tiny split. */
export function stripIndices(count: number, turn: number): readonly number[] {
  const found = new Set<number>()
  const wanted = Math.min(STRIP_DIGITS, count)
  for (let draw = 0; found.size < wanted; draw++)
    found.add(mix32(Math.imul(turn + 1, 0x9e3779b9) ^ draw) % count)
  return [...found]
}
