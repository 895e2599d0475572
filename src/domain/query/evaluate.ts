import type { Comparator, Condition, Field, Literal, OrderTerm } from './ast'
import { matchesPattern } from './like'
import { readFact, type Fact, type RunFacts } from './run-facts'

/** Whether a run is one of those the condition asks for. */
export function matches(condition: Condition, facts: RunFacts): boolean {
  return evaluate(condition, facts) === true
}

/**
 * SQL's three-valued logic: what asks about a key that the run has not got is neither true nor false (null), so that
 * `NOT metrics.x > 1` does not find runs without x.
 */
export function evaluate(condition: Condition, facts: RunFacts): boolean | null {
  switch (condition.kind) {
    case 'and':
      return combined(condition.parts, facts, false)
    case 'or':
      return combined(condition.parts, facts, true)
    case 'not':
      return negated(evaluate(condition.of, facts), true)
    case 'null':
      return (readFact(facts, condition.field) === null) !== condition.negated
    case 'compare':
      return compared(condition.field, readFact(facts, condition.field), condition.operator, condition.value)
    case 'like': {
      const fact = readFact(facts, condition.field)
      if (fact === null) return null
      return negated(matchesPattern(String(fact), condition.pattern, condition.ignoreCase), condition.negated)
    }
    case 'in': {
      const { field, values } = condition
      const fact = readFact(facts, field)
      if (fact === null) return null
      const found = values.some((value) => compared(field, fact, '=', value) === true)
      return negated(found, condition.negated)
    }
  }
}

/** AND looks for a false part, OR for a true one; where there is none, an unknown part makes the whole unknown. */
function combined(parts: readonly Condition[], facts: RunFacts, decisive: boolean): boolean | null {
  let unknown = false
  for (const part of parts) {
    const value = evaluate(part, facts)
    if (value === decisive) return decisive
    unknown ||= value === null
  }
  return unknown ? null : !decisive
}

function negated(value: boolean | null, yes: boolean): boolean | null {
  return value === null || !yes ? value : !value
}

/** A number and a text that reads as one are compared as numbers: `params.lr = '0.01'` is how MLflow has it. */
function compared(field: Field, fact: Fact | null, operator: Comparator, value: Literal): boolean | null {
  if (fact === null) return null
  if (typeof fact === 'number' || typeof value === 'number') {
    const [a, b] = [asNumber(fact), asNumber(value)]
    if (a === null || b === null) return equality(false, operator)
    return ordered(a < b ? -1 : a > b ? 1 : 0, operator, a === b)
  }
  if (typeof fact === 'boolean' || typeof value === 'boolean')
    return equality(String(fact).toLowerCase() === String(value).toLowerCase(), operator)
  const [left, right] = [fact, isStatus(field) ? statusName(value) : value]
  return ordered(left < right ? -1 : left > right ? 1 : 0, operator, left === right)
}

function ordered(sign: number, operator: Comparator, equal: boolean): boolean {
  switch (operator) {
    case '=':
      return equal
    case '!=':
      return !equal
    case '<':
      return sign < 0
    case '<=':
      return sign < 0 || equal
    case '>':
      return sign > 0
    case '>=':
      return sign > 0 || equal
  }
}

/** Of values that have no order between them. */
function equality(equal: boolean, operator: Comparator): boolean | null {
  if (operator === '=') return equal
  return operator === '!=' ? !equal : null
}

function asNumber(value: Fact): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean' || value.trim() === '') return null
  const number = Number(value)
  return Number.isNaN(number) ? null : number
}

function isStatus({ entity, key }: Field): boolean {
  return entity === 'attributes' && key === 'status'
}

/** MLflow's name of a status, of which the studio's own words are second names. */
function statusName(text: string): string {
  const name = text.toUpperCase()
  return name === 'COMPLETED' ? 'FINISHED' : name === 'STOPPED' ? 'KILLED' : name
}

const WORDS = new Intl.Collator('en', { numeric: true })

/**
 * A sorted copy by `terms`, the first the weightiest. Rows without the value come last in both directions; equal ones follow
 * MLflow: newest first, then by id.
 */
export function orderRuns<Row>(
  rows: readonly Row[],
  factsOf: (row: Row) => RunFacts,
  terms: readonly OrderTerm[],
): Row[] {
  const keyed = rows.map((row) => {
    const facts = factsOf(row)
    const { start_time: started, run_id: id } = facts.attributes
    return { row, keys: terms.map(({ field }) => readFact(facts, field)), started: Number(started), id }
  })
  keyed.sort((a, b) => {
    for (const [index, { descending }] of terms.entries()) {
      const sign = compareFacts(a.keys[index] ?? null, b.keys[index] ?? null, descending)
      if (sign !== 0) return sign
    }
    return b.started - a.started || (String(a.id) < String(b.id) ? -1 : 1)
  })
  return keyed.map(({ row }) => row)
}

function compareFacts(a: Fact | null, b: Fact | null, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const bothNumbers = typeof a === 'number' && typeof b === 'number'
  const sign = bothNumbers ? a - b : WORDS.compare(String(a), String(b))
  return descending ? -sign : sign
}
