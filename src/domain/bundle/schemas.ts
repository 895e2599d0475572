/** What a bundle's records must look like: strict, so that a key too many (`__proto__` among them) is refused. */
import * as z from 'zod/mini'
import { epochMillis, parseDatasetId, parseRunId, parseSha256, parseVersionId, probability } from '../ids'

const TEXT_LIMIT = 500
/** Nothing that digits are read with is larger. */
const EXTENT_LIMIT = 2 ** 16
const LAYER_LIMIT = 256

export const sha256Schema = z.pipe(
  z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 of 64 lower-case hexadecimal characters')),
  z.transform(parseSha256),
)
export const versionIdSchema = z.pipe(
  z.string().check(z.regex(/^[A-Za-z0-9][\w.-]{0,199}\/[1-9]\d{0,8}$/, 'must be a name and a number')),
  z.transform(parseVersionId),
)
const runIdSchema = z.pipe(
  z.string().check(z.regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hexadecimal characters')),
  z.transform(parseRunId),
)
const datasetIdSchema = z.pipe(z.string().check(z.regex(/^[0-9a-f]{64}$/)), z.transform(parseDatasetId))
export const timeSchema = z.pipe(z.number().check(z.gte(0), z.lte(8.64e15)), z.transform(epochMillis))
const shareSchema = z.pipe(z.number().check(z.gte(0), z.lte(1)), z.transform(probability))
export const countSchema = z.int().check(z.gte(0), z.lte(2 ** 40))
export const textSchema = z.string().check(z.minLength(1), z.maxLength(TEXT_LIMIT))
const extentSchema = z.int().check(z.gte(1), z.lte(EXTENT_LIMIT))

/** Ten numbers, one a class. */
function tenOf<Item extends z.ZodMiniType>(item: Item) {
  return z.array(item).check(z.length(10))
}

const layerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('conv'),
    filters: extentSchema,
    kernel: extentSchema,
    padding: z.int().check(z.gte(0), z.lte(EXTENT_LIMIT)),
    bias: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('dense'), units: extentSchema, bias: z.boolean() }),
  z.strictObject({ kind: z.literal('batch-norm') }),
  z.strictObject({ kind: z.literal('relu') }),
  z.strictObject({ kind: z.literal('leaky-relu'), slope: z.number() }),
  z.strictObject({ kind: z.literal('dropout'), rate: z.number() }),
  z.strictObject({ kind: z.literal('dropout-2d'), rate: z.number() }),
  z.strictObject({ kind: z.literal('max-pool'), size: extentSchema }),
  z.strictObject({ kind: z.literal('average-pool'), size: extentSchema }),
  z.strictObject({ kind: z.literal('global-average-pool') }),
  z.strictObject({ kind: z.literal('adaptive-average-pool'), size: extentSchema }),
  z.strictObject({ kind: z.literal('flatten') }),
])

const specSchema = z.strictObject({
  name: textSchema,
  input: z.strictObject({ height: z.literal(28), width: z.literal(28), channels: z.literal(1) }),
  layers: z.array(layerSchema).check(z.minLength(1), z.maxLength(LAYER_LIMIT)),
})

export const networkSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('spec'), spec: specSchema }),
  z.strictObject({ kind: z.literal('layers-model'), name: textSchema, topologySha256: sha256Schema }),
])

export const originSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run'), runId: runIdSchema }),
  z.strictObject({
    kind: z.literal('bundle'),
    fileName: textSchema,
    bundleSha256: sha256Schema,
    versionId: versionIdSchema,
    runId: z.nullable(runIdSchema),
  }),
  z.strictObject({ kind: z.literal('layers-model'), fileName: textSchema }),
])

export const datasetReferenceSchema = z.strictObject({
  id: datasetIdSchema,
  name: textSchema,
  digest: sha256Schema,
})

const spreadSchema = { mean: z.number(), std: z.number(), min: z.number(), max: z.number() }

const detailSchema = z.strictObject({
  lossStd: z.number(),
  confidence: z.strictObject(spreadSchema),
  rocAuc: z.strictObject({
    macro: z.nullable(z.number()),
    perClass: tenOf(z.nullable(z.number())),
  }),
  calibrationError: z.number(),
  brier: z.number(),
  top2: z.number(),
  inferenceMs: z.nullable(z.strictObject({ ...spreadSchema, count: countSchema })),
})

export const evaluationSchema = z.strictObject({
  split: z.enum(['train', 'validation', 'test']),
  splitDigest: sha256Schema,
  count: countSchema,
  correct: countSchema,
  accuracy: shareSchema,
  loss: z.number(),
  confusion: tenOf(tenOf(countSchema)),
  perClass: tenOf(
    z.strictObject({
      label: z.int(),
      support: countSchema,
      precision: z.number(),
      recall: z.number(),
      f1: z.number(),
    }),
  ),
  interval: z.strictObject({ low: z.number(), high: z.number() }),
  detail: z.exactOptional(detailSchema),
})

export const baselineSchema = z.strictObject({
  labels: tenOf(countSchema),
  predictions: tenOf(countSchema),
  margin: z.strictObject({
    edges: z.array(z.number()).check(z.maxLength(100)),
    counts: z.array(countSchema).check(z.minLength(1), z.maxLength(101)),
  }),
  count: countSchema,
  splitDigest: sha256Schema,
})

/** Where a record first fails its schema, in words. */
export function firstIssue(error: z.core.$ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'it has another shape'
  const path = issue.path.map(String).join('.')
  const what =
    issue.code === 'unrecognized_keys'
      ? `the key ${issue.keys.map((key) => JSON.stringify(key)).join(', ')} is not known`
      : issue.message
  return path === '' ? what : `${path}: ${what}`
}
