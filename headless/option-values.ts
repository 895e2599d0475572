import { done, type Result, usage } from './problem'

/** From 1 to `most`. */
export function wholeNumber(name: string, text: string, most: number): Result<number> {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return done(value)
  return usage('bad-params', `${name} takes a whole number from 1 to ${most}, found ${JSON.stringify(text)}.`)
}

export function oneOf<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  text: string,
  example?: string,
): Result<Choice> {
  const choice = choices.find((candidate) => candidate === text)
  if (choice !== undefined) return done(choice)
  const hint = example === undefined ? '' : ` For example: ${example}`
  return usage(
    'bad-params',
    `${name} takes one of ${choices.join(', ')}, found ${JSON.stringify(text)}.${hint}`,
  )
}

/** Null where the option was not given. */
export function eachOf<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  texts: readonly string[] | undefined,
): Result<readonly Choice[] | null> {
  const found: Choice[] = []
  for (const text of texts ?? []) {
    const choice = oneOf(name, choices, text)
    if (!choice.ok) return choice
    found.push(choice.value)
  }
  return done(texts === undefined ? null : found)
}

/** Null where the option was not given. */
export function atLeast(name: string, minimum: number, text: string | undefined): Result<number | null> {
  if (text === undefined) return done(null)
  const value = Number(text)
  if (text.trim() !== '' && value >= minimum && Number.isFinite(value)) return done(value)
  return usage('bad-params', `${name} takes a number of at least ${minimum}, found ${JSON.stringify(text)}.`)
}
