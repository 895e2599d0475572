import type { Evaluation } from '../metrics/evaluation'
import { recipeEntries, type ParamValue, type RecipePath } from '../params/draft'
import type { Run } from './records'

/** A parameter's value in each of the compared runs; null where a run of another build has none. */
export interface ComparedParameter {
  readonly path: RecipePath
  readonly values: readonly (ParamValue | null)[]
  readonly differs: boolean
}

/** Every parameter of the runs' recipes, in the order of params.yaml, and whether they differ in it. */
export function compareParameters(
  runs: readonly Pick<Run, 'params' | 'augment'>[],
): readonly ComparedParameter[] {
  const recipes = runs.map(({ params, augment }) => new Map(recipeEntries({ train: params, augment })))
  const paths = new Set(recipes.flatMap((recipe) => [...recipe.keys()]))
  return [...paths].map((path) => {
    const values = recipes.map((recipe) => recipe.get(path) ?? null)
    return { path, values, differs: values.some((value) => value !== values[0]) }
  })
}

/** Whether two evaluations are of the same digits: only then can their answers be paired. */
export function sameDigits(a: Evaluation, b: Evaluation): boolean {
  return a.splitDigest === b.splitDigest && a.count === b.count
}

/** `second − first`, cell by cell: `difference[actual][predicted]`. */
export function confusionDifference(first: Evaluation, second: Evaluation): readonly (readonly number[])[] {
  return first.confusion.map((row, actual) =>
    row.map((count, predicted) => (second.confusion[actual]?.[predicted] ?? 0) - count),
  )
}

/** One class in two models. */
export interface ClassDelta {
  readonly label: number
  readonly support: number
  /** Of the digits of this class, read right. */
  readonly recall: readonly [number, number]
  readonly precision: readonly [number, number]
}

export function classDeltas(first: Evaluation, second: Evaluation): readonly ClassDelta[] {
  return first.perClass.flatMap((one) => {
    const other = second.perClass.find(({ label }) => label === one.label)
    if (other === undefined) return []
    const { label, support } = one
    return [
      { label, support, recall: [one.recall, other.recall], precision: [one.precision, other.precision] },
    ]
  })
}

/** A digit that two models read differently. */
export interface Flip {
  /** Position in the split. */
  readonly index: number
  readonly actual: number
  readonly first: number
  readonly second: number
}

export interface Flips {
  /** The first model read them right, the second wrong. */
  readonly lost: readonly Flip[]
  /** The other way round. */
  readonly gained: readonly Flip[]
  /** Both wrong, each in its own way. */
  readonly otherwise: readonly Flip[]
}

/**
 * The digits whose reading changed, in the order of the split.
 *
 * @throws RangeError unless all three have the same length
 */
export function flips(first: Uint8Array, second: Uint8Array, labels: Uint8Array): Flips {
  if (first.length !== labels.length || second.length !== labels.length)
    throw new RangeError(
      `flips need an answer of both models for each label, found ${first.length} and ${second.length} for ${labels.length}`,
    )
  const found = { lost: [] as Flip[], gained: [] as Flip[], otherwise: [] as Flip[] }
  for (const [index, actual] of labels.entries()) {
    const a = first[index] ?? 0
    const b = second[index] ?? 0
    if (a === b) continue
    const flip = { index, actual, first: a, second: b }
    if (a === actual) found.lost.push(flip)
    else if (b === actual) found.gained.push(flip)
    else found.otherwise.push(flip)
  }
  return found
}
