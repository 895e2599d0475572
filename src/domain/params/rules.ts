import * as z from 'zod/mini'
import { studioParamsSchema } from './schema'

/** One parameter's bounds, read from the schema: for messages in words and for the limits of a form's fields. */
export interface ParamRule {
  /** `train.epochs` */
  readonly path: string
  readonly section: string
  readonly key: string
  readonly kind: 'integer' | 'number' | 'boolean' | 'text' | 'list'
  readonly minimum: number | null
  readonly maximum: number | null
  /** Whether the bound itself is left out. */
  readonly exclusiveMinimum: boolean
  readonly exclusiveMaximum: boolean
  /** Null where any text will do. */
  readonly choices: readonly string[] | null
  /** "a whole number from 1 to 1000" */
  readonly expected: string
  /** What each value of a list must be; null where the parameter is none. */
  readonly element: ParamRule | null
  readonly accepts: (value: unknown) => boolean
}

/** Every parameter there is, by path, in the order of params.yaml. */
export const PARAM_RULES: ReadonlyMap<string, ParamRule> = new Map(
  Object.entries(studioParamsSchema.shape).flatMap(([section, sectionSchema]) =>
    Object.entries<z.ZodMiniType>(sectionSchema.shape).map(([key, schema]) => {
      const rule = ruleOf(section, key, schema)
      return [rule.path, rule] as const
    }),
  ),
)

export const SECTIONS: readonly string[] = Object.keys(studioParamsSchema.shape)

function ruleOf(section: string, key: string, schema: z.ZodMiniType): ParamRule {
  const names = { path: `${section}.${key}`, section, key }
  const values = listed(schema)
  const accepts = (value: unknown) => z.safeParse(schema, value).success
  if (values === null) return { ...names, ...plainRule(schema), element: null, accepts }
  const element = ruleOf(section, key, values)
  const expected = `a list of values, each ${element.expected}`
  return { ...element, kind: 'list', choices: null, expected, element, accepts }
}

/** What an optional list is a list of; null for a plain value. */
function listed(schema: z.ZodMiniType): z.ZodMiniType | null {
  if (!(schema instanceof z.ZodMiniOptional)) return null
  const list: unknown = schema.def.innerType
  if (!(list instanceof z.ZodMiniArray)) return null
  const element: unknown = list.def.element
  return element instanceof z.ZodMiniType ? element : null
}

function plainRule(schema: z.ZodMiniType) {
  // The schema's published form, so that bounds are stated once.
  const published = z.toJSONSchema(schema)
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, enum: choices, pattern } = published
  const kind = type === 'integer' || type === 'number' || type === 'boolean' ? type : 'text'
  const bounds = {
    kind,
    minimum: minimum ?? numberOrNull(exclusiveMinimum),
    maximum: maximum ?? numberOrNull(exclusiveMaximum),
    exclusiveMinimum: minimum === undefined && exclusiveMinimum !== undefined,
    exclusiveMaximum: maximum === undefined && exclusiveMaximum !== undefined,
    choices: choices === undefined ? null : choices.map(String),
  } as const
  return { ...bounds, expected: inWords(bounds, published.maxLength ?? null, pattern ?? null) }
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

type Bounds = Pick<ParamRule, 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum' | 'choices'> & {
  readonly kind: Exclude<ParamRule['kind'], 'list'>
}

function inWords(bounds: Bounds, maxLength: number | null, pattern: string | null): string {
  if (bounds.choices !== null) return choicesInWords(bounds.choices)
  switch (bounds.kind) {
    case 'boolean':
      return 'true or false'
    case 'text':
      if (maxLength !== null) return `a line of 1 to ${maxLength} characters`
      return pattern === null ? 'a text' : 'a name of 1 to 200 letters, digits, _ . and -'
    case 'integer':
      return `a whole number${rangeInWords(bounds)}`
    case 'number':
      return `a number${rangeInWords(bounds)}`
  }
}

/** "one of none, step, cosine" */
export function choicesInWords(choices: readonly string[]): string {
  return choices.length === 1 ? `${choices[0]}` : `one of ${choices.join(', ')}`
}

/** " from 1 to 1000", " above 0 and at most 10", " from 0 to below 1" */
function rangeInWords({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Bounds): string {
  if (minimum === null) return maximum === null ? '' : ` ${exclusiveMaximum ? 'below' : 'at most'} ${maximum}`
  if (maximum === null) return ` ${exclusiveMinimum ? 'above' : 'of at least'} ${minimum}`
  if (exclusiveMinimum) return ` above ${minimum} and ${exclusiveMaximum ? 'below' : 'at most'} ${maximum}`
  return ` from ${minimum} to ${exclusiveMaximum ? 'below ' : ''}${maximum}`
}
