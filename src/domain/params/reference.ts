/**
 * Names of the systems whose files and environments this studio accepts: what they stand for here, and which of them
 * nothing here reads. Accepting a key silently would be a promise; it is either honoured or reported as not used.
 */

/** Second names in params.yaml; the first name wins when both are given in one layer. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ['mnist.batch_size', 'train.batch_size'],
  ['mnist.epochs', 'train.epochs'],
  ['mnist.seed', 'train.seed'],
])

const UNUSED_KEYS = new Set([
  'mnist.output_dir',
  'mnist.spark_partitions',
  'mnist.spark_driver_memory',
  'mnist.chunk_size',
  'train.model_name',
])

/** Whether a known parameter of the reference systems is one that nothing here reads. */
export function isUnusedKey(path: string): boolean {
  return UNUSED_KEYS.has(path)
}

/** What an environment name stands for; null: accepted, not used. */
export interface EnvironmentSection {
  /** Our section for keys that are not listed; null: the whole section is not used. */
  readonly section: string | null
  readonly keys: ReadonlyMap<string, string | null>
}

/** Sections of `MLOPS_<SECTION>_<KEY>`. Names overlap, and keys hold underscores: the longest section name decides. */
export const ENVIRONMENT_SECTIONS: ReadonlyMap<string, EnvironmentSection> = new Map([
  [
    'TRAINING',
    {
      section: 'train',
      keys: new Map([
        ['learning_rate', 'train.lr'],
        ['device', 'train.engine'],
        ['mixed_precision', null],
        ['gradient_clip_val', null],
        ['save_best_only', null],
        ['validation_frequency', null],
      ]),
    },
  ],
  [
    'DATA',
    {
      section: 'train',
      keys: new Map([
        ['batch_size', 'train.batch_size'],
        ['validation_split', 'train.validation_fraction'],
        ['data_dir', null],
        ['num_workers', null],
        ['pin_memory', null],
        ['download', null],
        ['transform_config', null],
      ]),
    },
  ],
  ['RELEASE_THRESHOLDS', { section: 'release', keys: new Map() }],
  ['EVALUATION', { section: null, keys: new Map() }],
  ['LOGGING', { section: null, keys: new Map() }],
])

/** Environment names without a section. */
export const ENVIRONMENT_NAMES: ReadonlyMap<string, string | null> = new Map([
  ['RANDOM_SEED', 'train.seed'],
  ['EXPERIMENT_NAME', 'mlflow.experiment_name'],
  ['MODE', null],
  ['OUTPUT_DIR', null],
  ['SAVE_INTERMEDIATE_RESULTS', null],
])

/** Values of `MLOPS_TRAINING_DEVICE`. */
export const DEVICE_ENGINES: ReadonlyMap<string, 'auto' | 'wasm'> = new Map([
  ['auto', 'auto'],
  ['cuda', 'auto'],
  ['cpu', 'wasm'],
])
