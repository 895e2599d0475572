/**
 * The filter language of the runs table: MLflow's search grammar (`<entity>.<key> <op> <value>` joined by AND), and beyond it OR,
 * NOT, parentheses, IS NULL, numbers for parameters and tags, LIKE and IN over any field.
 */

export type Entity = 'metrics' | 'params' | 'tags' | 'attributes' | 'datasets'

/** `metrics.test_accuracy`, as it is looked up in a run's facts. */
export interface Field {
  readonly entity: Entity
  readonly key: string
}

export type Literal = string | number | boolean

export type Comparator = '=' | '!=' | '>' | '>=' | '<' | '<='

export type Condition =
  | {
      readonly kind: 'compare'
      readonly field: Field
      readonly operator: Comparator
      readonly value: Literal
    }
  /** `%` stands for any characters, `_` for one. */
  | {
      readonly kind: 'like'
      readonly field: Field
      readonly pattern: string
      readonly ignoreCase: boolean
      readonly negated: boolean
    }
  | {
      readonly kind: 'in'
      readonly field: Field
      readonly values: readonly Literal[]
      readonly negated: boolean
    }
  | { readonly kind: 'null'; readonly field: Field; readonly negated: boolean }
  | { readonly kind: 'not'; readonly of: Condition }
  /** Two parts or more. */
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }

export interface OrderTerm {
  readonly field: Field
  readonly descending: boolean
}

/** The attributes MLflow knows; those without a value in the studio (it has no users and no artefact store) are null in every run. */
export const ATTRIBUTES = [
  'run_id',
  'run_name',
  'status',
  'user_id',
  'artifact_uri',
  'start_time',
  'end_time',
  'created',
] as const

export type Attribute = (typeof ATTRIBUTES)[number]

export const DATASET_KEYS = ['name', 'digest', 'context'] as const

export type DatasetKey = (typeof DATASET_KEYS)[number]

/** Words that are no fields, in capitals; any case will do. */
export const KEYWORDS: ReadonlySet<string> = new Set('AND OR NOT LIKE ILIKE IN IS NULL TRUE FALSE'.split(' '))

/** Attributes that are milliseconds since 1970. */
export const TIME_ATTRIBUTES: readonly string[] = ['start_time', 'end_time', 'created']

/** What is wrong with a filter, and where: `at` and `length` are characters of its text. */
export interface QueryProblem {
  readonly at: number
  readonly length: number
  readonly expected: string
  readonly found: string
  /** All of it in a sentence. */
  readonly message: string
}

export type Parsed<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: QueryProblem }
