/** JSON Schemas of requests and answers, as OpenAPI 3.1 names them. */
import { MAX_BATCH } from '../../src/domain/serving/limits'
import type { RouteId } from '../../src/domain/serving/routes'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` }) as const
const number = { type: 'number' } as const
const text = { type: 'string' } as const
const probabilities = { type: 'array', items: number, minItems: 10, maxItems: 10 } as const

function object(required: readonly string[], properties: Readonly<Record<string, object>>) {
  return { type: 'object', required, properties } as const
}

function listOf(items: object, maxItems?: number) {
  return { type: 'array', items, ...(maxItems === undefined ? {} : { maxItems }) } as const
}

const reading = {
  prediction: { type: 'integer', minimum: 0, maximum: 9 },
  confidence: { type: 'number', minimum: 0, maximum: 1 },
  probabilities,
  ink: { enum: ['drawn', 'nothing drawn'] },
  accepted: { type: 'boolean', description: 'With confidence_threshold: confident enough, and not blank.' },
} as const
const answered = { model: text, model_version: text, latency_ms: number } as const
const threshold = { confidence_threshold: { type: 'number', minimum: 0, maximum: 1 } } as const

export const SCHEMAS = {
  Error: object(['error'], { error: text }),
  Image: {
    description: '784 values row by row, or 28 rows of 28; 0–255 or 0–1, ink high.',
    oneOf: [
      { type: 'array', items: number, minItems: 784, maxItems: 784 },
      {
        type: 'array',
        items: { type: 'array', items: number, minItems: 28, maxItems: 28 },
        minItems: 28,
        maxItems: 28,
      },
    ],
  },
  PredictRequest: object(['image'], { image: ref('Image'), ...threshold }),
  PredictAnswer: object(['prediction', 'confidence', 'probabilities', 'ink', ...Object.keys(answered)], {
    ...reading,
    ...answered,
  }),
  BatchRequest: object(['images'], { images: listOf(ref('Image'), MAX_BATCH), ...threshold }),
  BatchAnswer: object(['predictions', 'count', ...Object.keys(answered)], {
    predictions: listOf(object(['prediction', 'confidence', 'probabilities', 'ink'], reading)),
    count: { type: 'integer' },
    ...answered,
  }),
  Health: object(['status', 'model_loaded'], {
    status: text,
    model_loaded: { type: 'boolean' },
    model: text,
  }),
  ModelInfo: object(['name', 'version', 'parameters', 'preprocess'], {
    name: text,
    version: text,
    aliases: listOf(text),
    parameters: { type: 'integer' },
    preprocess: { type: 'object' },
    evaluation: { type: ['object', 'null'] },
  }),
  ServerMetadata: object(['name', 'version', 'extensions'], {
    name: text,
    version: text,
    extensions: listOf(text),
  }),
  TensorMetadata: object(['name', 'datatype', 'shape'], {
    name: text,
    datatype: text,
    shape: listOf({ type: 'integer' }),
  }),
  ModelMetadata: object(['name', 'platform', 'inputs', 'outputs'], {
    name: text,
    versions: listOf(text),
    platform: text,
    inputs: listOf(ref('TensorMetadata')),
    outputs: listOf(ref('TensorMetadata')),
  }),
  Tensor: object(['name', 'shape', 'datatype', 'data'], {
    name: text,
    shape: listOf({ type: 'integer' }),
    datatype: text,
    parameters: { type: 'object' },
    data: { type: 'array' },
  }),
  InferRequest: object(['inputs'], {
    id: text,
    parameters: { type: 'object' },
    inputs: { type: 'array', items: ref('Tensor'), minItems: 1, maxItems: 1 },
    outputs: listOf(object(['name'], { name: { enum: ['class', 'probabilities'] } })),
  }),
  InferAnswer: object(['model_name', 'outputs'], {
    model_name: text,
    model_version: text,
    id: text,
    parameters: { type: 'object' },
    outputs: listOf(ref('Tensor')),
  }),
  Ready: { type: 'object' },
  Invocation: {
    description: 'Exactly one of the four.',
    type: 'object',
    minProperties: 1,
    properties: {
      inputs: {},
      instances: { type: 'array' },
      dataframe_split: object(['columns', 'data'], { columns: { type: 'array' }, data: { type: 'array' } }),
      dataframe_records: listOf({ type: 'object' }),
    },
  },
  Instances: object(['instances'], { instances: { type: 'array' } }),
  Predictions: object(['predictions'], { predictions: { type: 'array' } }),
} as const

type SchemaName = keyof typeof SCHEMAS

interface Described {
  /** Null where nothing is sent. */
  readonly request: SchemaName | null
  /** Null where the answer is no JSON. */
  readonly response: SchemaName | null
  readonly type: string
}

function json(response: SchemaName, request: SchemaName | null = null): Described {
  return { request, response, type: 'application/json' }
}

function other(type: string): Described {
  return { request: null, response: null, type }
}

/** What each route takes and gives. */
export const CONTENTS: Readonly<Record<RouteId, Described>> = {
  root: json('Ready'),
  predict: json('PredictAnswer', 'PredictRequest'),
  'predict-batch': json('BatchAnswer', 'BatchRequest'),
  health: json('Health'),
  'model-info': json('ModelInfo'),
  metrics: other('text/plain'),
  docs: other('text/html'),
  'docs-style': other('text/css'),
  openapi: other('application/json'),
  'v2-server': json('ServerMetadata'),
  'v2-live': json('Ready'),
  'v2-ready': json('Ready'),
  'v2-model': json('ModelMetadata'),
  'v2-model-ready': json('Ready'),
  'v2-infer': json('InferAnswer', 'InferRequest'),
  invocations: json('Predictions', 'Invocation'),
  ping: other('text/plain'),
  version: other('text/plain'),
  'v1-model': json('Ready'),
  'v1-predict': json('Predictions', 'Instances'),
}
