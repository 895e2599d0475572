import * as z from 'zod/mini'

/**
 * The `train` section of params.yaml: the recipe of one run. Keys are the reference pipeline's where it has them.
 * Ranges are part of the schema; `parse.ts` turns a breach into one sentence that names path, bounds and finding.
 */
export const trainParamsSchema = z.strictObject({
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
})

export type TrainParams = z.infer<typeof trainParamsSchema>
