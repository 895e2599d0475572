import { printField } from './print'
import { KEYWORDS, type Field } from './ast'
import type { RunFacts } from './run-facts'

/** Every field that some of the runs have, in the order of their entities, as a filter names them. */
export function fieldsOf(facts: Iterable<RunFacts>): readonly string[] {
  const found = new Map<Field['entity'], Set<string>>(ENTITY_ORDER.map((entity) => [entity, new Set()]))
  for (const of of facts)
    for (const entity of ENTITY_ORDER) for (const key of Object.keys(of[entity])) found.get(entity)?.add(key)
  return ENTITY_ORDER.flatMap((entity) =>
    [...(found.get(entity) ?? [])].map((key) => printField({ entity, key })),
  )
}

const ENTITY_ORDER = ['metrics', 'params', 'tags', 'attributes', 'datasets'] as const

const MOST_SUGGESTIONS = 8

/** What may stand in place of the word that ends at `caret`. */
export interface Completion {
  readonly from: number
  readonly to: number
  readonly words: readonly string[]
}

/**
 * The fields that the word before the caret may become: those that begin with it, then those that hold it. None within quotes,
 * for a keyword, after a complete field, or where no word was begun.
 */
export function completeField(text: string, caret: number, fields: readonly string[]): Completion {
  const before = text.slice(0, caret)
  const word = /[A-Za-z_][\w./-]*$/.exec(before)?.[0] ?? ''
  const from = caret - word.length
  const nothing = { from, to: caret, words: [] }
  if (
    word === '' ||
    KEYWORDS.has(word.toUpperCase()) ||
    isWithinQuotes(before.slice(0, from)) ||
    /^[\w./-]/.test(text.slice(caret))
  )
    return nothing
  const wanted = word.toLowerCase()
  const begins = fields.filter((field) => field.toLowerCase().startsWith(wanted))
  const holds = fields.filter((field) => field.toLowerCase().includes(wanted) && !begins.includes(field))
  const words = [...begins, ...holds].slice(0, MOST_SUGGESTIONS)
  return { from, to: caret, words: words.includes(word) ? [] : words }
}

function isWithinQuotes(before: string): boolean {
  let open: string | null = null
  for (const character of before) {
    if (open === null && (character === "'" || character === '"' || character === '`')) open = character
    else if (character === open) open = null
  }
  return open !== null
}
