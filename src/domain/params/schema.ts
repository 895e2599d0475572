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
  optimizer: z.enum(['sgd', 'adam', 'adamw', 'rmsprop', 'adagrad']),
  /** The peak rate: warm-up climbs to it, one-cycle passes through it. */
  lr: z.number().check(z.gt(0), z.lte(10)),
  /** Of SGD. */
  momentum: z.number().check(z.gte(0), z.lt(1)),
  nesterov: z.boolean(),
  /** Of Adam and AdamW. */
  beta1: z.number().check(z.gte(0), z.lt(1)),
  beta2: z.number().check(z.gte(0), z.lt(1)),
  /** Smoothing of RMSprop. */
  alpha: z.number().check(z.gte(0), z.lt(1)),
  /** Of Adam, AdamW, RMSprop and Adagrad. */
  epsilon: z.number().check(z.gt(0), z.lte(1)),
  /** Decoupled in AdamW, added to the gradient elsewhere, as PyTorch does. */
  weight_decay: z.number().check(z.gte(0), z.lte(1)),
  scheduler: z.enum(['none', 'step', 'cosine', 'exponential', 'plateau', 'one-cycle']),
  /** Epochs between two drops of the step schedule. */
  step_size: z.int().check(z.gte(1), z.lte(1000)),
  /** Factor of a drop of the step schedule, and of each epoch of the exponential one. */
  gamma: z.number().check(z.gt(0), z.lte(1)),
  /** Factor of a drop on a plateau of the monitored metric, and the validations without progress before it. */
  plateau_factor: z.number().check(z.gt(0), z.lt(1)),
  plateau_patience: z.int().check(z.gte(0), z.lte(1000)),
  /** One-cycle: the share of steps that climb, lr / first rate, first rate / last rate. */
  pct_start: z.number().check(z.gt(0), z.lt(1)),
  div_factor: z.number().check(z.gte(1), z.lte(1e6)),
  final_div_factor: z.number().check(z.gte(1), z.lte(1e9)),
  /** Epochs of a linear climb before the schedule takes over; not with one-cycle, which has its own. */
  warmup_epochs: z.int().check(z.gte(0), z.lte(1000)),
  /** The gradient's greatest global norm; 0 does not clip. */
  gradient_clip_val: z.number().check(z.gte(0), z.lte(1e6)),
  /** Share of the target spread over all classes. */
  label_smoothing: z.number().check(z.gte(0), z.lt(1)),
  /** Decay of the moving average of the weights that is validated and kept; 0 keeps the weights themselves. */
  ema_decay: z.number().check(z.gte(0), z.lt(1)),
  /** What the plateau schedule, early stopping and the best epoch go by. */
  monitor: z.enum(['validation_accuracy', 'validation_loss', 'train_loss']),
  monitor_mode: z.enum(['auto', 'max', 'min']),
  /** Validations without progress before a run ends early; 0 never ends it early. */
  early_stopping_patience: z.int().check(z.gte(0), z.lte(1000)),
  /** How much better counts as progress. */
  early_stopping_min_delta: z.number().check(z.gte(0), z.lte(100)),
  /** Which epoch's weights a run ends with: its last, or the best by the monitored metric. */
  final_weights: z.enum(['last', 'best']),
  /** Epochs between two validations; the last epoch is always validated. */
  validation_frequency: z.int().check(z.gte(1), z.lte(1000)),
  /** Any 32-bit unsigned integer. */
  seed: z.int().check(z.gte(0), z.lte(0xffffffff)),
  /** Share of the training split kept for validation, stratified by class; 0 keeps none. */
  validation_fraction: z.number().check(z.gte(0), z.lte(0.5)),
  engine: z.enum(['auto', 'wasm', 'webgpu', 'tfjs-webgpu', 'tfjs-webgl', 'tfjs-cpu']),
  /** How the wasm engine convolves; `auto` follows the plan's cost model. Other arithmetic, so other last bits. */
  convolution: z.enum(['auto', 'direct', 'winograd-2', 'winograd-4']),
  /** 16-bit storage on a GPU that has it. */
  mixed_precision: z.boolean(),
  /** Threads of the processor; 0 takes as many as it runs at once. The number changes no bit of the result. */
  threads: z.int().check(z.gte(0), z.lte(64)),
})

export type TrainParams = z.infer<typeof trainParamsSchema>

/**
 * The `augment` section: how far a training image may be changed at random, uniformly to both sides. 0 leaves it out. What
 * the numbers mean exactly is `domain/training/augment`.
 */
const augmentParamsSchema = z.strictObject({
  /** Degrees. */
  rotation: z.number().check(z.gte(0), z.lte(180)),
  /** Pixels, in both directions. */
  shift: z.number().check(z.gte(0), z.lte(14)),
  /** Share of the size: 0.1 scales by 0.9 to 1.1. */
  scale: z.number().check(z.gte(0), z.lte(0.9)),
  /** Degrees. */
  shear: z.number().check(z.gte(0), z.lte(60)),
  /** Pixels that a point of the elastic field may be displaced. */
  elastic: z.number().check(z.gte(0), z.lte(8)),
  /** How much of a one-pixel thicker or thinner stroke is mixed in. */
  thickness: z.number().check(z.gte(0), z.lte(1)),
})

export type AugmentParams = z.infer<typeof augmentParamsSchema>

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

/** When a model is retrained, and how; the reference pipeline has the switch and never reads it. */
const retrainParamsSchema = z.strictObject({
  /** Whether the page retrains by itself while it is open, where a person did not choose there. */
  enable_auto_retrain: z.boolean(),
  /** A look that found drift of the champion begins one. */
  on_drift: z.boolean(),
  /** Named digits in no dataset yet that begin one; 0 leaves feedback out. */
  feedback_count: z.int().check(z.gte(0), z.lte(100_000)),
  /** After a retraining began, none begins by itself for so long. */
  cool_down_minutes: z.number().check(z.gte(1), z.lte(525_600)),
  /** Of a retraining; 0 takes as many as the champion's recipe has. */
  epochs: z.int().check(z.gte(0), z.lte(1000)),
})

/** More values of one parameter than this are no grid a person looks through. */
const MOST_GRID_VALUES = 64

/** For each parameter of a section a list of values to try, none of which need be given. */
function listsOf<Shape extends Readonly<Record<string, z.ZodMiniType>>>(shape: Shape) {
  const lists = Object.entries(shape).map(([key, schema]) => [
    key,
    z.optional(z.array(schema).check(z.minLength(1), z.maxLength(MOST_GRID_VALUES))),
  ])
  return Object.fromEntries(lists) as {
    readonly [Key in keyof Shape]: z.ZodMiniOptional<z.ZodMiniArray<Shape[Key]>>
  }
}

/** The `search` section: lists of values for parameters of `train` and `augment`, whose every combination is one trial. */
const searchParamsSchema = z.strictObject({
  max_trials: z.int().check(z.gte(1), z.lte(1000)),
  ...listsOf(trainParamsSchema.shape),
  ...listsOf(augmentParamsSchema.shape),
})

/** All of params.yaml: sections of plain values (in `search` also lists of them), two levels deep. */
export const studioParamsSchema = z.strictObject({
  mnist: mnistParamsSchema,
  train: trainParamsSchema,
  augment: augmentParamsSchema,
  mlflow: mlflowParamsSchema,
  registry: registryParamsSchema,
  release: releaseParamsSchema,
  api: apiParamsSchema,
  drift: driftParamsSchema,
  retrain: retrainParamsSchema,
  search: searchParamsSchema,
})

export type StudioParams = z.infer<typeof studioParamsSchema>
