import { quoted, refuse, type Place } from './problem'

/** A filter longer than this is refused: what a person writes is shorter, and parsing stays a matter of microseconds. */
const LONGEST_QUERY = 4000

export type Token =
  /** A keyword, or a field up to a key that stands in quotes (`metrics.`). */
  | (Place & { readonly kind: 'word'; readonly text: string })
  | (Place & { readonly kind: 'number'; readonly value: number })
  /** In single or double quotes; a doubled quote stands for one. */
  | (Place & { readonly kind: 'string'; readonly value: string; readonly quote: '"' | "'" })
  /** In backticks: always a key. */
  | (Place & { readonly kind: 'key'; readonly value: string })
  | (Place & { readonly kind: 'operator'; readonly text: string })
  | (Place & { readonly kind: 'mark'; readonly text: '(' | ')' | ',' })
  | (Place & { readonly kind: 'end' })

const SPACE = /\s+/y
const WORD = /[A-Za-z_][\w./-]*/y
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy
const OPERATOR = /!=|<>|>=|<=|==|[=<>]/y
const QUOTED = { "'": /'(?:[^']|'')*'/y, '"': /"(?:[^"]|"")*"/y, '`': /`(?:[^`]|``)*`/y } as const

/** The text as tokens, the last of them its end. Refuses what begins none. */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > LONGEST_QUERY)
    refuse(
      { at: LONGEST_QUERY, length: 1, found: `${text.length} of them` },
      `at most ${LONGEST_QUERY} characters`,
    )
  const tokens: Token[] = []
  let at = matchAt(SPACE, text, 0)?.length ?? 0
  while (at < text.length) {
    const token = tokenAt(text, at)
    tokens.push(token)
    at += token.length
    at += matchAt(SPACE, text, at)?.length ?? 0
  }
  tokens.push({ kind: 'end', at: text.length, length: 0, found: 'the end' })
  return tokens
}

function tokenAt(text: string, at: number): Token {
  const first = text[at] ?? ''
  if (first === '(' || first === ')' || first === ',')
    return { kind: 'mark', text: first, at, length: 1, found: quoted(first) }
  if (first === "'" || first === '"' || first === '`') return quotedAt(text, at, first)
  const operator = matchAt(OPERATOR, text, at)
  if (operator !== null)
    return { kind: 'operator', text: operator, at, length: operator.length, found: quoted(operator) }
  const word = matchAt(WORD, text, at)
  if (word !== null) return { kind: 'word', text: word, at, length: word.length, found: quoted(word) }
  const number = matchAt(NUMBER, text, at)
  if (number !== null) return numberAt(text, at, number)
  const found = String.fromCodePoint(text.codePointAt(at) ?? 0)
  return refuse(
    { at, length: found.length, found: quoted(found) },
    'a field such as metrics.test_accuracy, an operator or a value',
  )
}

function numberAt(text: string, at: number, number: string): Token {
  const end = at + number.length
  const rest = /[\w.]+/y
  const tail = matchAt(rest, text, end)
  const value = Number(number)
  const place = { at, length: number.length + (tail?.length ?? 0), found: quoted(number + (tail ?? '')) }
  if (tail !== null) return refuse(place, 'a number', 'Put a text between quotes.')
  if (!Number.isFinite(value)) return refuse(place, 'a number that a computer can hold')
  return { kind: 'number', value, ...place }
}

function quotedAt(text: string, at: number, quote: '"' | "'" | '`'): Token {
  const whole = matchAt(QUOTED[quote], text, at)
  if (whole === null)
    return refuse(
      { at, length: text.length - at, found: 'none before the end' },
      `a closing ${quote} for this one`,
    )
  const value = whole.slice(1, -1).replaceAll(quote + quote, quote)
  const place = { at, length: whole.length, found: quoted(whole) }
  return quote === '`' ? { kind: 'key', value, ...place } : { kind: 'string', value, quote, ...place }
}

/** What a sticky expression finds exactly here. */
function matchAt(expression: RegExp, text: string, at: number): string | null {
  expression.lastIndex = at
  return expression.exec(text)?.[0] ?? null
}
