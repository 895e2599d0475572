import type { Parsed, QueryProblem } from './ast'

/** Thrown and caught inside the parser only: its callers get a {@link QueryProblem} as a value. */
class QuerySyntaxError extends Error {
  readonly problem: QueryProblem
  constructor(problem: QueryProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** A place in the text, and how it reads. */
export interface Place {
  readonly at: number
  readonly length: number
  /** As a message names it: quoted, or "the end". */
  readonly found: string
}

/** Ends the parsing with what was expected and what was found there. */
export function refuse(place: Place, expected: string, hint = ''): never {
  const { at, length, found } = place
  const message = `Character ${at + 1}: expected ${expected}, found ${found}.${hint === '' ? '' : ` ${hint}`}`
  throw new QuerySyntaxError({ at, length, expected, found, message })
}

/** The result of a parser as a value. Anything but a refusal is a bug and goes on as one. */
export function settled<Value>(parse: () => Value): Parsed<Value> {
  try {
    return { ok: true, value: parse() }
  } catch (error) {
    if (error instanceof QuerySyntaxError) return { ok: false, problem: error.problem }
    throw error
  }
}

/** Some text in a message: quoted and short. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text)
}
