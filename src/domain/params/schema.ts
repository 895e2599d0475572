import * as z from 'zod/mini'

/**
 * The `train` section of params.yaml: the recipe of one run. Keys are the reference pipeline's where it has them.
 * Ranges are part of the schema; `resolve.ts` turns a breach into one sentence that names path, bounds and finding.
 */
const trainParamsSchema = z.strictObject({
  /** A name from the preset list of `domain/model/presets`. */
  preset: z.string(),
  epochs: z.int().check(z.gte(1), z.lte(1000)),
  batch_size: z.int().check(z.gte(1), z.lte(4096)),
  optimizer: z.enum(['sgd']),
  lr: z.number().check(z.gt(0), z.lte(10)),
  momentum: z.number().check(z.gte(0), z.lt(1)),
  weight_decay: z.number().check(z.gte(0), z.lte(1)),
  scheduler: z.enum(['none', 'step', 'cosine']),
  /** Epochs between two drops of the step schedule. */
  step_size: z.int().check(z.gte(1), z.lte(1000)),
  /** Factor of the step schedule. */
  gamma: z.number().check(z.gt(0), z.lte(1)),
  /** Any 32-bit unsigned integer. */
  seed: z.int().check(z.gte(0), z.lte(0xffffffff)),
  /** Share of the training split kept for validation, stratified by class; 0 keeps none. */
  validation_fraction: z.number().check(z.gte(0), z.lte(0.5)),
  engine: z.enum(['auto', 'wasm']),
  /** Threads of the processor; 0 takes as many as it runs at once. The number changes no bit of the result. */
  threads: z.int().check(z.gte(0), z.lte(64)),
})

export type TrainParams = z.infer<typeof trainParamsSchema>

/** A share or a score in [0, 1]. */
function share() {
  return z.number().check(z.gte(0), z.lte(1))
}

/** Some text for people or addresses; control characters have no business in either. */
function label() {
  return z.string().check(z.minLength(1), z.maxLength(250), z.regex(/^[^\p{Cc}]*$/u))
}

/** How bytes become inputs, under the reference pipeline's names. See `preprocess.ts`. */
const mnistParamsSchema = z.strictObject({
  /** Subtracted from pixel / 255. */
  normalize_mean: share(),
  /** Divides what remains. */
  normalize_std: z.number().check(z.gte(0.001), z.lte(1)),
})

/** Names that exports carry into MLflow; the studio itself needs no server. */
const mlflowParamsSchema = z.strictObject({
  tracking_uri: label(),
  experiment_name: label(),
  registered_model_name: z
    .string()
    .check(z.regex(/^[A-Za-z0-9][\w.-]{0,199}$/, 'letters, digits, _ . and -, at most 200')),
})

const registryParamsSchema = z.strictObject({
  default_stage: z.enum(['None', 'Staging', 'Production', 'Archived']),
  promote_to_production: z.boolean(),
})

/** The eight checks of a release; see `domain/release`. */
const releaseParamsSchema = z.strictObject({
  min_accuracy: share(),
  /** Macro averages over the ten classes. */
  min_precision: share(),
  min_recall: share(),
  min_f1_score: share(),
  /** Nats. */
  max_loss: z.number().check(z.gt(0), z.lte(100)),
  min_per_class_accuracy: share(),
  /** Mean per image. */
  max_inference_time_ms: z.number().check(z.gt(0), z.lte(60_000)),
  /** Mean probability of the answer given. */
  min_confidence_threshold: share(),
})

const apiParamsSchema = z.strictObject({
  host: label(),
  port: z.int().check(z.gte(1), z.lte(65_535)),
  /** Seconds. */
  timeout: z.int().check(z.gte(1), z.lte(3600)),
})

const driftParamsSchema = z.strictObject({
  /** Population stability index from which on drift is reported. */
  psi_threshold: z.number().check(z.gt(0), z.lte(10)),
})

const retrainParamsSchema = z.strictObject({
  enable_auto_retrain: z.boolean(),
})

/** All of params.yaml: sections of plain values, two levels deep. */
export const studioParamsSchema = z.strictObject({
  mnist: mnistParamsSchema,
  train: trainParamsSchema,
  mlflow: mlflowParamsSchema,
  registry: registryParamsSchema,
  release: releaseParamsSchema,
  api: apiParamsSchema,
  drift: driftParamsSchema,
  retrain: retrainParamsSchema,
})

export type StudioParams = z.infer<typeof studioParamsSchema>
