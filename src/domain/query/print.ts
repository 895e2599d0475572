import type { Condition, Field, Literal, OrderTerm } from './ast'

const BARE_KEY = /^[\w./-]+$/

/** The condition as text that {@link parseFilter} reads back as the same condition. */
export function printFilter(condition: Condition): string {
  switch (condition.kind) {
    case 'compare':
      return `${printField(condition.field)} ${condition.operator} ${printLiteral(condition.value)}`
    case 'like': {
      const operator = `${condition.negated ? 'NOT ' : ''}${condition.ignoreCase ? 'ILIKE' : 'LIKE'}`
      return `${printField(condition.field)} ${operator} ${printLiteral(condition.pattern)}`
    }
    case 'in': {
      const operator = condition.negated ? 'NOT IN' : 'IN'
      return `${printField(condition.field)} ${operator} (${condition.values.map(printLiteral).join(', ')})`
    }
    case 'null':
      return `${printField(condition.field)} IS ${condition.negated ? 'NOT NULL' : 'NULL'}`
    case 'not':
      return `NOT ${part(condition.of)}`
    case 'and':
    case 'or':
      return condition.parts.map(part).join(` ${condition.kind.toUpperCase()} `)
  }
}

function part(condition: Condition): string {
  const text = printFilter(condition)
  return condition.kind === 'and' || condition.kind === 'or' ? `(${text})` : text
}

/** `metrics.test_accuracy`; a key with other characters stands in backticks. */
export function printField({ entity, key }: Field): string {
  return `${entity}.${BARE_KEY.test(key) ? key : `\`${key.replaceAll('`', '``')}\``}`
}

export function printOrderBy(terms: readonly OrderTerm[]): string {
  return terms.map(({ field, descending }) => `${printField(field)}${descending ? ' DESC' : ''}`).join(', ')
}

function printLiteral(value: Literal): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
