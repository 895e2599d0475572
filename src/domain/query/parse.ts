import {
  ATTRIBUTES,
  DATASET_KEYS,
  KEYWORDS,
  TIME_ATTRIBUTES,
  type Comparator,
  type Condition,
  type Entity,
  type Field,
  type Literal,
  type OrderTerm,
  type Parsed,
} from './ast'
import { quoted, refuse, settled } from './problem'
import { tokensOf, type Token } from './tokens'
import { nearest } from '../params/suggest'

/** Parentheses and NOTs within each other; more than a person writes, less than a call stack holds. */
const DEEPEST = 100

const ENTITIES: ReadonlyMap<string, Entity> = new Map([
  ['metrics', 'metrics'],
  ['metric', 'metrics'],
  ['params', 'params'],
  ['param', 'params'],
  ['parameter', 'params'],
  ['parameters', 'params'],
  ['tags', 'tags'],
  ['tag', 'tags'],
  ['attributes', 'attributes'],
  ['attribute', 'attributes'],
  ['attr', 'attributes'],
  ['run', 'attributes'],
  ['datasets', 'datasets'],
  ['dataset', 'datasets'],
])

const COMPARATORS: ReadonlyMap<string, Comparator> = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['>', '>'],
  ['>=', '>='],
  ['<', '<'],
  ['<=', '<='],
])

const A_CONDITION = 'a field such as metrics.test_accuracy, NOT or ('
const AN_OPERATOR = 'an operator (=, !=, >, >=, <, <=, LIKE, ILIKE, IN, NOT IN, IS NULL)'

/** A cursor over the tokens; reading moves it. */
interface Reader {
  readonly peek: () => Token
  readonly take: () => Token
  /** Takes the next token if it is this keyword. */
  readonly takesWord: (keyword: string) => boolean
  readonly takesMark: (mark: '(' | ')' | ',') => boolean
}

/** A filter as a condition; null for a text without any. Never throws: what is wrong comes back with its place. */
export function parseFilter(text: string): Parsed<Condition | null> {
  return settled(() => {
    const reader = readerOf(tokensOf(text))
    if (reader.peek().kind === 'end') return null
    const condition = anyOf(reader, 0)
    const rest = reader.peek()
    if (rest.kind !== 'end') refuse(rest, 'AND, OR or the end')
    return condition
  })
}

/** `metrics.test_loss, params.lr DESC` as terms, the first the weightiest; none for an empty text. */
export function parseOrderBy(text: string): Parsed<readonly OrderTerm[]> {
  return settled(() => {
    const reader = readerOf(tokensOf(text))
    const terms: OrderTerm[] = []
    if (reader.peek().kind === 'end') return terms
    do {
      const field = fieldOf(reader)
      const descending = reader.takesWord('DESC')
      if (!descending) reader.takesWord('ASC')
      terms.push({ field, descending })
    } while (reader.takesMark(','))
    const rest = reader.peek()
    if (rest.kind !== 'end') refuse(rest, 'ASC, DESC, a comma or the end')
    return terms
  })
}

function readerOf(tokens: readonly Token[]): Reader {
  let index = 0
  const last = tokens.length - 1
  function peek(): Token {
    const token = tokens[Math.min(index, last)]
    if (token === undefined) throw new Error('a text has at least its end as a token')
    return token
  }
  function take(): Token {
    const token = peek()
    index++
    return token
  }
  return {
    peek,
    take,
    takesWord(keyword) {
      const token = peek()
      const found = token.kind === 'word' && token.text.toUpperCase() === keyword
      if (found) index++
      return found
    },
    takesMark(mark) {
      const token = peek()
      const found = token.kind === 'mark' && token.text === mark
      if (found) index++
      return found
    },
  }
}

function anyOf(reader: Reader, depth: number): Condition {
  return joined(reader, 'OR', () => allOf(reader, depth))
}

function allOf(reader: Reader, depth: number): Condition {
  return joined(reader, 'AND', () => single(reader, depth))
}

function joined(reader: Reader, keyword: 'AND' | 'OR', part: () => Condition): Condition {
  const first = part()
  const parts = [first]
  while (reader.takesWord(keyword)) parts.push(part())
  return parts.length === 1 ? first : { kind: keyword === 'AND' ? 'and' : 'or', parts }
}

function single(reader: Reader, depth: number): Condition {
  if (depth > DEEPEST) refuse(reader.peek(), `at most ${DEEPEST} parentheses and NOTs within each other`)
  if (reader.takesWord('NOT')) return { kind: 'not', of: single(reader, depth + 1) }
  if (reader.takesMark('(')) {
    const inner = anyOf(reader, depth + 1)
    if (!reader.takesMark(')')) refuse(reader.peek(), 'AND, OR or )')
    return inner
  }
  return comparison(reader)
}

function comparison(reader: Reader): Condition {
  const field = fieldOf(reader)
  if (reader.takesWord('IS')) {
    const negated = reader.takesWord('NOT')
    if (!reader.takesWord('NULL')) refuse(reader.peek(), negated ? 'NULL' : 'NULL or NOT NULL')
    return { kind: 'null', field, negated }
  }
  const negated = reader.takesWord('NOT')
  if (reader.takesWord('LIKE')) return like(reader, field, false, negated)
  if (reader.takesWord('ILIKE')) return like(reader, field, true, negated)
  if (reader.takesWord('IN')) return { kind: 'in', field, values: list(reader, field), negated }
  if (negated) refuse(reader.peek(), 'LIKE, ILIKE or IN')
  const token = reader.take()
  const operator = token.kind === 'operator' ? COMPARATORS.get(token.text) : undefined
  if (operator === undefined) return refuse(token, AN_OPERATOR)
  return { kind: 'compare', field, operator, value: literal(reader, field) }
}

function like(reader: Reader, field: Field, ignoreCase: boolean, negated: boolean): Condition {
  const token = reader.take()
  if (token.kind !== 'string')
    return refuse(token, "a pattern between quotes, with % for any characters, such as 'rf5%'")
  return { kind: 'like', field, pattern: token.value, ignoreCase, negated }
}

function list(reader: Reader, field: Field): readonly Literal[] {
  if (!reader.takesMark('(')) refuse(reader.peek(), "a list in parentheses, such as ('a', 'b')")
  const values = [literal(reader, field)]
  while (reader.takesMark(',')) values.push(literal(reader, field))
  if (!reader.takesMark(')')) refuse(reader.peek(), 'a comma or )')
  return values
}

/** A value that can be compared with the field: metrics and times are numbers. */
function literal(reader: Reader, field: Field): Literal {
  const token = reader.take()
  const value = valueOf(token)
  if (isNumeric(field))
    return typeof value === 'number' ? value : refuse(token, 'a number', numberHint(field))
  return value ?? refuse(token, 'a value: a number, or a text between quotes')
}

function valueOf(token: Token): Literal | null {
  switch (token.kind) {
    case 'number':
    case 'string':
      return token.value
    case 'word': {
      const word = token.text.toUpperCase()
      return word === 'TRUE' || word === 'FALSE' ? word === 'TRUE' : null
    }
    case 'key':
    case 'operator':
    case 'mark':
    case 'end':
      return null
  }
}

function isNumeric({ entity, key }: Field): boolean {
  return entity === 'metrics' || (entity === 'attributes' && TIME_ATTRIBUTES.includes(key))
}

function numberHint({ entity }: Field): string {
  return entity === 'metrics' ? 'Metrics are numbers.' : 'Times are milliseconds since 1970.'
}

/** `metrics.x`, metrics.`x y`, metrics."x y", or an attribute by its bare name. */
function fieldOf(reader: Reader): Field {
  const token = reader.take()
  if (token.kind !== 'word' || KEYWORDS.has(token.text.toUpperCase())) return refuse(token, A_CONDITION)
  const dot = token.text.indexOf('.')
  if (dot < 0) {
    const attribute = ATTRIBUTES.find((name) => name === token.text.toLowerCase())
    return attribute === undefined
      ? refuse(token, A_CONDITION, bareHint(token.text))
      : { entity: 'attributes', key: attribute }
  }
  const name = token.text.slice(0, dot)
  const entity = ENTITIES.get(name.toLowerCase())
  if (entity === undefined)
    return refuse(
      { at: token.at, length: dot, found: quoted(name) },
      'metrics, params, tags, attributes or datasets before the dot',
    )
  const bare = token.text.slice(dot + 1)
  if (bare !== '') return known({ entity, key: bare }, token)
  const key = reader.take()
  if (key.kind !== 'key' && !(key.kind === 'string' && key.quote === '"'))
    return refuse(key, `a key after ${name}.`, 'A key with other characters stands in `backticks`.')
  if (key.value === '') return refuse(key, 'a key of at least one character')
  return known({ entity, key: key.value }, key)
}

function bareHint(word: string): string {
  const meant = nearest(word, ATTRIBUTES)
  return meant === null ? `Write params.${word} or metrics.${word}.` : `Did you mean ${meant}?`
}

/** Attributes and datasets have fixed keys; metrics, parameters and tags may be called anything. */
function known(field: Field, token: Token): Field {
  const keys = field.entity === 'attributes' ? ATTRIBUTES : field.entity === 'datasets' ? DATASET_KEYS : null
  if (keys === null || keys.some((key) => key === field.key)) return field
  const meant = nearest(field.key, keys)
  return refuse(
    token,
    `one of ${keys.map((key) => `${field.entity}.${key}`).join(', ')}`,
    meant === null ? '' : `Did you mean ${field.entity}.${meant}?`,
  )
}
