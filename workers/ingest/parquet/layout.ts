import type { SchemaElement } from 'hyparquet'
import { IMAGE_PIXELS, IMAGE_SIDE } from '../../../src/domain/image/preprocess'
import { faulty } from './fault'

/** A column that holds values, with what its levels mean. */
export interface Leaf {
  readonly path: readonly string[]
  readonly type: string
  /** A value is there where its definition level is this. */
  readonly maxDefinition: number
  readonly maxRepetition: number
}

/** Which columns the digits lie in. */
export type Layout =
  | { readonly kind: 'encoded'; readonly image: Leaf; readonly label: Leaf | null }
  | { readonly kind: 'list'; readonly image: Leaf; readonly label: Leaf | null }
  | { readonly kind: 'pixels'; readonly pixels: readonly Leaf[]; readonly label: Leaf | null }

const NUMBERS = new Set(['INT32', 'INT64', 'FLOAT', 'DOUBLE'])
const LABEL_NAMES = new Set(['label', 'labels', 'class', 'target', 'digit', 'y'])

/** The value columns of a schema, in file order. @throws FormatFault when the tree does not hold together. */
export function leavesOf(schema: readonly SchemaElement[]): readonly Leaf[] {
  const leaves: Leaf[] = []
  let next = 1
  function walk(parent: readonly string[], children: number, definition: number, repetition: number): void {
    if (parent.length > 8) faulty('its schema is nested without end')
    for (let child = 0; child < children; child++) {
      const element = schema[next++] ?? faulty('its schema names more columns than it has')
      const { name, type, num_children: inside, repetition_type: repeats } = element
      const path = [...parent, name]
      const deeper = definition + (repeats === 'OPTIONAL' || repeats === 'REPEATED' ? 1 : 0)
      const repeated = repetition + (repeats === 'REPEATED' ? 1 : 0)
      if (type === undefined) walk(path, inside ?? 0, deeper, repeated)
      else leaves.push({ path, type, maxDefinition: deeper, maxRepetition: repeated })
    }
  }
  walk([], schema[0]?.num_children ?? 0, 0, 0)
  return leaves
}

/**
 * Finds the digits among the columns: an image struct with bytes, a list of 784 numbers, or 784 columns of one pixel each.
 * Null where there is none of these.
 */
export function findLayout(leaves: readonly Leaf[]): Layout | null {
  const label =
    leaves.find(
      ({ path, type, maxRepetition }) =>
        path.length === 1 &&
        maxRepetition === 0 &&
        NUMBERS.has(type) &&
        LABEL_NAMES.has(lastOf(path).toLowerCase()),
    ) ?? null
  const others = leaves.filter((leaf) => leaf !== label)

  const encoded = others.find(
    ({ path, type, maxRepetition }) =>
      type === 'BYTE_ARRAY' && maxRepetition === 0 && (lastOf(path) === 'bytes' || path[0] === 'image'),
  )
  if (encoded !== undefined) return { kind: 'encoded', image: encoded, label }

  const lists = others.filter(({ type, maxRepetition }) => maxRepetition === 1 && NUMBERS.has(type))
  const [list] = lists.filter(({ path }) => path[0] === 'image').concat(lists)
  if (list !== undefined) return { kind: 'list', image: list, label }

  const pixels = pixelColumns(others)
  return pixels === null ? null : { kind: 'pixels', pixels, label }
}

/** 784 columns in pixel order by their names: `pixel0…783`, `pixel1…784`, `0…783` or `1x1…28x28` (row × column). */
function pixelColumns(leaves: readonly Leaf[]): readonly Leaf[] | null {
  const found = new Map<number, Leaf>()
  for (const leaf of leaves) {
    const place = placeInName(lastOf(leaf.path))
    if (leaf.path.length === 1 && leaf.maxRepetition === 0 && NUMBERS.has(leaf.type) && place !== null)
      found.set(place, leaf)
  }
  for (const first of [0, 1]) {
    const pixels = Array.from({ length: IMAGE_PIXELS }, (_, pixel) => found.get(first + pixel))
    const whole = pixels.filter((leaf) => leaf !== undefined)
    if (whole.length === IMAGE_PIXELS) return whole
  }
  return null
}

function placeInName(name: string): number | null {
  const grid = /^(\d{1,2})x(\d{1,2})$/i.exec(name)
  if (grid !== null) {
    const [row, column] = [Number(grid[1]), Number(grid[2])]
    const inside = row >= 1 && column >= 1 && row <= IMAGE_SIDE && column <= IMAGE_SIDE
    return inside ? (row - 1) * IMAGE_SIDE + column : null
  }
  const flat = /^(?:pixel_?|px|p)?(\d{1,3})$/i.exec(name)
  return flat === null ? null : Number(flat[1])
}

function lastOf(path: readonly string[]): string {
  return path.at(-1) ?? ''
}
