// Long because it is one list: what the language accepts, what it answers, and each refusal with its whole sentence.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Condition, Field, Literal } from './ast'
import { evaluate, matches, orderRuns } from './evaluate'
import { parseFilter, parseOrderBy } from './parse'
import { printFilter, printOrderBy } from './print'
import type { RunFacts } from './run-facts'

function parsed(text: string): Condition {
  const result = parseFilter(text)
  if (!result.ok) throw new Error(result.problem.message)
  if (result.value === null) throw new Error('no condition')
  return result.value
}

function refusal(text: string) {
  const result = parseFilter(text)
  if (result.ok) throw new Error(`${text} was accepted`)
  const { at, length, message } = result.problem
  return { message, marked: text.slice(at, at + length) }
}

const FACTS: RunFacts = {
  metrics: { test_accuracy: 0.99, test_loss: 0.03, broken: Number.NaN },
  params: { lr: 0.01, optimizer: 'sgd', nesterov: false, batch_size: 128, rotation: 15 },
  tags: { owner: 'Ada', phase: '2', 'mlflow.note.content': 'looks good' },
  attributes: {
    run_id: '00000000000000000000000000000012',
    run_name: 'calm-heron-42',
    status: 'FINISHED',
    user_id: null,
    artifact_uri: null,
    start_time: 1000,
    end_time: 2000,
    created: 1000,
  },
  datasets: { name: 'MNIST', digest: 'abc', context: 'train' },
}

function answer(text: string): boolean | null {
  return evaluate(parsed(text), FACTS)
}

describe("MLflow's grammar", () => {
  it.each([
    'metrics.test_accuracy > 0.98',
    'metric.test_loss <= 0.03',
    "params.optimizer = 'sgd'",
    'params.optimizer = "sgd"',
    "param.lr = '0.01'",
    "parameter.lr = '0.010'",
    "metrics.test_accuracy > 0.98 and params.optimizer != 'adam'",
    "tags.owner = 'Ada'",
    "tag.`mlflow.note.content` LIKE '%good'",
    'tags."owner" = "Ada"',
    "attributes.run_name ILIKE 'CALM%'",
    "attr.status = 'FINISHED'",
    "run.status = 'completed'",
    "status != 'RUNNING'",
    "run_id IN ('00000000000000000000000000000012', 'x')",
    'attributes.start_time >= 1000',
    'created < 1e3 OR created = 1000',
    "datasets.name = 'MNIST' AND dataset.context = 'train'",
    "datasets.digest IN ('abc')",
    "run_name LIKE 'calm-_____-42'",
  ])('finds the run by %s', (text) => {
    expect(answer(text)).toBe(true)
  })

  it.each([
    'metrics.test_accuracy > 0.99',
    "params.optimizer = 'SGD'",
    "run_id = '12'",
    "run_name LIKE 'CALM%'",
    "run_name LIKE 'calm'",
    "run_name LIKE 'calm-____-42'",
    "status = 'RUNNING'",
    "datasets.context = 'test'",
  ])('passes it over by %s', (text) => {
    expect(answer(text)).toBe(false)
  })
})

describe('what goes beyond it', () => {
  it.each([
    "params.optimizer = 'adam' OR metrics.test_loss < 0.1",
    'params.lr > 0.001 AND params.train.lr < 0.1',
    'params.augment.rotation = 15',
    'NOT params.batch_size = 64',
    "(params.optimizer = 'adam' OR params.lr = 0.01) AND NOT (metrics.test_loss > 1)",
    'params.nesterov = false',
    "params.nesterov = 'False'",
    'tags.missing IS NULL AND tags.owner IS NOT NULL AND user_id is null',
    'tags.phase > 1',
    'params.batch_size IN (64, 128)',
    "params.batch_size NOT IN (32, '64')",
    "params.optimizer NOT LIKE 'adam%'",
    "params.lr LIKE '0.0%'",
    'metrics.test_accuracy IN (0.99) and metrics.test_loss <> 1 and metrics.test_loss == .03',
    'metrics.broken IS NOT NULL',
  ])('finds the run by %s', (text) => {
    expect(answer(text)).toBe(true)
  })

  it('has AND before OR, and NOT before both', () => {
    expect(answer('metrics.test_loss > 1 AND params.lr = 1 OR params.batch_size = 128')).toBe(true)
    expect(answer('params.batch_size = 128 OR metrics.test_loss > 1 AND params.lr = 1')).toBe(true)
    expect(answer('NOT metrics.test_loss > 1 AND params.lr = 1')).toBe(false)
  })

  it('neither finds nor excludes what a run has no value for', () => {
    for (const text of [
      'metrics.nothing > 1',
      'NOT metrics.nothing > 1',
      'metrics.nothing != 1',
      "tags.nothing LIKE '%'",
      "tags.nothing NOT IN ('a')",
    ])
      expect(answer(text), text).toBeNull()
    expect(matches(parsed('NOT metrics.nothing > 1'), FACTS)).toBe(false)
    expect(answer('metrics.nothing > 1 OR params.lr = 0.01')).toBe(true)
    expect(answer('metrics.nothing > 1 AND params.lr = 1')).toBe(false)
    expect(answer("tags.__proto__ = 'x'")).toBeNull()
    expect(answer('params.constructor IS NULL')).toBe(true)
  })

  it('compares what is no number with nothing but equality', () => {
    expect(answer('tags.owner > 3')).toBeNull()
    expect(answer('tags.owner = 3')).toBe(false)
    expect(answer('params.nesterov > true')).toBeNull()
    expect(answer('metrics.broken > 0 OR metrics.broken <= 0')).toBe(false)
  })

  it('is no condition where nothing is written', () => {
    expect(parseFilter('  ')).toEqual({ ok: true, value: null })
  })
})

describe('a refusal points at the place', () => {
  it.each([
    ['metrics.x >', '', 'Character 12: expected a number, found the end. Metrics are numbers.'],
    ["metrics.x > 'high'", "'high'", `Character 13: expected a number, found "'high'". Metrics are numbers.`],
    [
      'metrics.x 3',
      '3',
      'Character 11: expected an operator (=, !=, >, >=, <, <=, LIKE, ILIKE, IN, NOT IN, IS NULL), found "3".',
    ],
    [
      'metrics.x > 1 metrics.y > 2',
      'metrics.y',
      'Character 15: expected AND, OR or the end, found "metrics.y".',
    ],
    ['(metrics.x > 1', '', 'Character 15: expected AND, OR or ), found the end.'],
    [
      'metric.x > 1 AND',
      '',
      'Character 17: expected a field such as metrics.test_accuracy, NOT or (, found the end.',
    ],
    [
      'lr > 0.1',
      'lr',
      'Character 1: expected a field such as metrics.test_accuracy, NOT or (, found "lr". Write params.lr or metrics.lr.',
    ],
    [
      "statsu = 'RUNNING'",
      'statsu',
      'Character 1: expected a field such as metrics.test_accuracy, NOT or (, found "statsu". Did you mean status?',
    ],
    [
      'metricz.x > 1',
      'metricz',
      'Character 1: expected metrics, params, tags, attributes or datasets before the dot, found "metricz".',
    ],
    [
      "datasets.nam = 'a'",
      'datasets.nam',
      'Character 1: expected one of datasets.name, datasets.digest, datasets.context, found "datasets.nam". Did you mean datasets.name?',
    ],
    [
      "params.a = 'open",
      "'open",
      "Character 12: expected a closing ' for this one, found none before the end.",
    ],
    ['params.a = b', 'b', 'Character 12: expected a value: a number, or a text between quotes, found "b".'],
    [
      'params.a # 1',
      '#',
      'Character 10: expected a field such as metrics.test_accuracy, an operator or a value, found "#".',
    ],
    ['params.a = 12px', '12px', 'Character 12: expected a number, found "12px". Put a text between quotes.'],
    ['params.a NOT = 1', '=', 'Character 14: expected LIKE, ILIKE or IN, found "=".'],
    ['params.a IS 1', '1', 'Character 13: expected NULL or NOT NULL, found "1".'],
    ['params.a IN 1', '1', `Character 13: expected a list in parentheses, such as ('a', 'b'), found "1".`],
    ['params.a IN (1 2)', '2', 'Character 16: expected a comma or ), found "2".'],
    [
      'params.a LIKE 1',
      '1',
      `Character 15: expected a pattern between quotes, with % for any characters, such as 'rf5%', found "1".`,
    ],
    ['params.``=1', '``', 'Character 8: expected a key of at least one character, found "``".'],
    [
      'params. = 1',
      '=',
      'Character 9: expected a key after params., found "=". A key with other characters stands in `backticks`.',
    ],
  ])('%s', (text, marked, message) => {
    expect(refusal(text)).toEqual({ marked, message })
  })

  it('refuses what is too deep or too long', () => {
    expect(refusal(`${'('.repeat(200)}params.a = 1`).message).toContain('at most 100 parentheses')
    expect(refusal(`params.a = '${'x'.repeat(5000)}'`).message).toContain('at most 4000 characters')
  })
})

describe('order by', () => {
  const rows = [
    facts('a', 1, { x: 2 }, { lr: 0.1, name: 'run-10' }),
    facts('b', 2, { x: 1 }, { lr: 0.1, name: 'run-9' }),
    facts('c', 3, {}, {}),
    facts('d', 3, { x: 2 }, { lr: 0.2, name: 'run-9' }),
  ]

  function facts(
    id: string,
    started: number,
    metrics: Record<string, number>,
    params: RunFacts['params'],
  ): RunFacts {
    return {
      ...FACTS,
      metrics,
      params,
      attributes: { ...FACTS.attributes, run_id: id, start_time: started },
    }
  }
  function ordered(text: string): string {
    const terms = parseOrderBy(text)
    if (!terms.ok) throw new Error(terms.problem.message)
    return orderRuns(rows, (row) => row, terms.value)
      .map(({ attributes }) => attributes.run_id)
      .join('')
  }

  it('has rows without the value last in both directions, newest first among equals, then by id', () => {
    expect(ordered('metrics.x')).toBe('bdac')
    expect(ordered('metrics.x DESC')).toBe('dabc')
    expect(ordered('')).toBe('cdba')
    expect(ordered('metrics.x DESC, params.lr ASC')).toBe('adbc')
  })

  it('counts within texts', () => {
    expect(ordered('params.name')).toBe('dbac')
  })

  it('prints what it reads', () => {
    const text = 'metrics.x DESC, params.`a b`'
    const terms = parseOrderBy('metric.x desc, params.`a b` asc')
    expect(terms.ok && printOrderBy(terms.value)).toBe(text)
  })

  it('says what is wrong', () => {
    expect(parseOrderBy('metrics.x DOWN')).toMatchObject({
      ok: false,
      problem: { at: 10, message: 'Character 11: expected ASC, DESC, a comma or the end, found "DOWN".' },
    })
  })
})

const freeField = fc
  .record({
    entity: fc.constantFrom('metrics', 'params', 'tags' as const),
    key: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('test_accuracy', 'lr', 'a.b', 'x-y', '0')),
  })
  .map((field): Field => field)
const field: fc.Arbitrary<Field> = fc.oneof(
  freeField,
  fc.constantFrom<Field>(
    { entity: 'attributes', key: 'status' },
    { entity: 'attributes', key: 'start_time' },
    { entity: 'datasets', key: 'name' },
  ),
)
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)

function literal({ entity, key }: Field): fc.Arbitrary<Literal> {
  if (entity === 'metrics' || key === 'start_time') return number
  return fc.oneof(number, fc.string(), fc.boolean())
}

const condition: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    field.chain((of) =>
      fc.record({
        kind: fc.constant('compare' as const),
        field: fc.constant(of),
        operator: fc.constantFrom('=', '!=', '>', '>=', '<', '<=' as const),
        value: literal(of),
      }),
    ),
    fc.record({
      kind: fc.constant('like' as const),
      field,
      pattern: fc.string(),
      ignoreCase: fc.boolean(),
      negated: fc.boolean(),
    }),
    field.chain((of) =>
      fc.record({
        kind: fc.constant('in' as const),
        field: fc.constant(of),
        values: fc.array(literal(of), { minLength: 1, maxLength: 4 }),
        negated: fc.boolean(),
      }),
    ),
    fc.record({ kind: fc.constant('null' as const), field, negated: fc.boolean() }),
    fc.record({ kind: fc.constant('not' as const), of: tie('any') }),
    fc.record({
      kind: fc.constantFrom('and', 'or' as const),
      parts: fc.array(tie('any'), { minLength: 2, maxLength: 4 }),
    }),
  ),
})).any

describe('laws', () => {
  it('reads back what it prints', () => {
    fc.assert(
      fc.property(condition, (before) => {
        expect(parseFilter(printFilter(before))).toEqual({ ok: true, value: before })
      }),
    )
  })

  it('answers every text with a condition or a problem inside it', () => {
    const word = fc.constantFrom(
      'metrics.x',
      'AND',
      'NOT',
      '(',
      ')',
      '=',
      "'a'",
      '`',
      '1',
      ',',
      'IN',
      'LIKE',
      ' ',
    )
    const text = fc.oneof(
      fc.string(),
      fc.array(word).map((words) => words.join(' ')),
    )
    fc.assert(
      fc.property(text, (query) => {
        for (const result of [parseFilter(query), parseOrderBy(query)]) {
          if (result.ok) continue
          const { at, length } = result.problem
          expect(at).toBeGreaterThanOrEqual(0)
          expect(at + length).toBeLessThanOrEqual(query.length + 1)
          expect(result.problem.message).toContain('expected')
        }
      }),
    )
  })

  it('has NOT turn what is known, and nothing else', () => {
    fc.assert(
      fc.property(condition, (of) => {
        const plain = evaluate(of, FACTS)
        expect(evaluate({ kind: 'not', of }, FACTS)).toBe(plain === null ? null : !plain)
      }),
    )
  })
})
