/** The records of a bundle: each fact has one home, and what else holds it is derived when a bundle is written. */
import * as z from 'zod/mini'
import { CLASS_COUNT } from '../dataset/dataset'
import { IMAGE_PIXELS, type Preprocess } from '../image/preprocess'
import type { DriftBaseline } from '../metrics/baseline'
import type { GoldenVectors } from '../metrics/golden'
import { studioParamsSchema } from '../params/schema'
import type { ModelVersion } from '../registry/records'
import {
  baselineSchema,
  countSchema,
  datasetReferenceSchema,
  evaluationSchema,
  firstIssue,
  networkSchema,
  originSchema,
  sha256Schema,
  textSchema,
  timeSchema,
  versionIdSchema,
} from './schemas'

/** The files that an opener reads. */
export const BUNDLE_FILES = {
  version: 'version.json',
  weights: 'weights.bin',
  topology: 'model.json',
  safetensors: 'model.safetensors',
  preprocess: 'preprocess.json',
  golden: 'golden.json',
  baseline: 'baseline_profiles.json',
} as const

export type Reading<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly finding: string }

const versionSchema = z.strictObject({
  id: versionIdSchema,
  model: textSchema,
  version: z.int().check(z.gte(1)),
  origin: originSchema,
  createdAt: timeSchema,
  network: networkSchema,
  parameterCount: countSchema,
  dataset: z.nullable(datasetReferenceSchema),
  weightsSha256: sha256Schema,
  evaluation: z.nullable(evaluationSchema),
  goldenSha256: sha256Schema,
  recipe: z.optional(z.pick(studioParamsSchema, { train: true, augment: true })),
  parent: z.nullable(versionIdSchema),
})

/** A version without what other files hold: preprocessing and baseline. */
export type VersionFile = z.infer<typeof versionSchema>

/** @param goldenSha256 of the vectors that the bundle carries */
export function versionFile(
  version: ModelVersion,
  goldenSha256: VersionFile['goldenSha256'],
): Omit<ModelVersion, 'preprocess' | 'baseline'> {
  const {
    id,
    model,
    origin,
    createdAt,
    network,
    parameterCount,
    dataset,
    weightsSha256,
    evaluation,
    recipe,
    parent,
  } = version
  return {
    id,
    model,
    version: version.version,
    origin,
    createdAt,
    network,
    parameterCount,
    dataset,
    weightsSha256,
    evaluation,
    goldenSha256,
    ...(recipe === undefined ? {} : { recipe }),
    parent,
  }
}

export function readVersionFile(value: unknown): Reading<VersionFile> {
  const read = checked(versionSchema, value)
  if (!read.ok) return read
  const { id, model, version, evaluation } = read.value
  if (id !== `${model}/${version}`)
    return { ok: false, finding: `id ${id} is not version ${version} of ${model}` }
  const contradiction = evaluation === null ? null : contradictionOf(evaluation)
  return contradiction === null ? read : { ok: false, finding: contradiction }
}

/** Why an evaluation's figures cannot be of one measurement; null when they can. */
function contradictionOf({
  count,
  correct,
  accuracy,
  confusion,
}: NonNullable<VersionFile['evaluation']>): string | null {
  const counted = confusion.flat().reduce((sum, cell) => sum + cell, 0)
  if (counted !== count) return `evaluation: ${count} images, but ${counted} in the confusion matrix`
  const diagonal = confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0)
  if (diagonal !== correct) return `evaluation: ${correct} right, but ${diagonal} in the confusion matrix`
  if (count === 0 || Math.abs(accuracy - correct / count) > 1e-9)
    return `evaluation: accuracy ${accuracy}, but ${correct} of ${count} right`
  return null
}

const preprocessSchema = z.strictObject({
  version: z.literal(1),
  train: z.strictObject({
    scale: z.literal(255),
    mean: z.number().check(z.gte(-1000), z.lte(1000)),
    // Below 0 where the model reads dark ink on light paper.
    std: z.number().check(
      z.gte(-1000),
      z.lte(1000),
      z.refine((std) => Math.abs(std) >= 1e-6, 'must not be 0'),
    ),
  }),
  canvas: z.strictObject({
    threshold: z.number().check(z.gte(0), z.lte(1)),
    box: z.literal(20),
    field: z.literal(28),
    centre: z.literal('mass'),
    minInk: z.number().check(z.gte(0), z.lte(IMAGE_PIXELS)),
  }),
})

/** How bytes and drawings become the model's inputs. */
export function preprocessFile({ version, scale, mean, std, canvas }: Preprocess) {
  return { version, train: { scale, mean, std }, canvas: { ...canvas } }
}

export function readPreprocessFile(value: unknown): Reading<Preprocess> {
  const read = checked(preprocessSchema, value)
  if (!read.ok) return read
  const { version, train, canvas } = read.value
  return { ok: true, value: { version, ...train, canvas } }
}

/** Vectors more than anybody needs. */
const VECTOR_LIMIT = 1024
/** Of the largest logit, or of 1 where all are smaller. */
const GOLDEN_TOLERANCE = 1e-4

const goldenSchema = z.strictObject({
  version: z.literal(1),
  input: z.literal('784 bytes row by row, 0 paper, 255 ink, before preprocess.json'),
  tolerance: z.number().check(z.gt(0), z.lte(1e-3)),
  vectors: z
    .array(
      z.strictObject({
        image: z.array(z.int().check(z.gte(0), z.lte(255))).check(z.length(IMAGE_PIXELS)),
        logits: z.array(z.number()).check(z.length(CLASS_COUNT)),
      }),
    )
    .check(z.minLength(1), z.maxLength(VECTOR_LIMIT)),
})

/** The vectors for any reader: numbers that are exactly the float32 they stand for. */
export function goldenFile({ count, images, logits }: GoldenVectors): z.infer<typeof goldenSchema> {
  const vectors = Array.from({ length: count }, (_, row) => ({
    image: Array.from(images.subarray(row * IMAGE_PIXELS, (row + 1) * IMAGE_PIXELS)),
    logits: Array.from(logits.subarray(row * CLASS_COUNT, (row + 1) * CLASS_COUNT)),
  }))
  return {
    version: 1,
    input: '784 bytes row by row, 0 paper, 255 ink, before preprocess.json',
    tolerance: GOLDEN_TOLERANCE,
    vectors,
  }
}

export interface GoldenReading {
  readonly golden: GoldenVectors
  /** Largest difference of a logit that still counts as the same answer. */
  readonly tolerance: number
}

export function readGoldenFile(value: unknown): Reading<GoldenReading> {
  const read = checked(goldenSchema, value)
  if (!read.ok) return read
  const { vectors, tolerance } = read.value
  const images = Uint8Array.from(vectors.flatMap(({ image }) => image))
  const logits = Float32Array.from(vectors.flatMap(({ logits: row }) => row))
  const golden = { count: vectors.length, images, logits }
  return { ok: true, value: { golden, tolerance: tolerance * goldenScale(logits) } }
}

/** How far an answer may be from a golden one: rounding grows with the logits. */
export function goldenTolerance({ logits }: GoldenVectors): number {
  return GOLDEN_TOLERANCE * goldenScale(logits)
}

function goldenScale(logits: Float32Array): number {
  return logits.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1)
}

export function readBaselineFile(value: unknown): Reading<DriftBaseline> {
  const read = checked(baselineSchema, value)
  if (!read.ok) return read
  const { edges, counts } = read.value.margin
  if (counts.length === edges.length + 1) return read
  return {
    ok: false,
    finding: `margin: ${edges.length} edges make ${edges.length + 1} bins, found ${counts.length}`,
  }
}

function checked<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): Reading<z.infer<Schema>> {
  const read = schema.safeParse(value)
  return read.success ? { ok: true, value: read.data } : { ok: false, finding: firstIssue(read.error) }
}
