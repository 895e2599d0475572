import type { StudioParams } from './schema'

/**
 * The lowest layer: what holds where nobody says anything else. params.yaml repeats it key for key (a test compares them).
 * Values are the reference pipeline's where it has them; the recipe is the one its published 13,808-parameter model was
 * designed with.
 */
export const DEFAULT_PARAMS: StudioParams = {
  mnist: { normalize_mean: 0.1307, normalize_std: 0.3081 },
  train: {
    preset: 'rf5-13k',
    epochs: 15,
    batch_size: 128,
    optimizer: 'sgd',
    lr: 0.01,
    momentum: 0.9,
    weight_decay: 0,
    scheduler: 'none',
    step_size: 5,
    gamma: 0.1,
    seed: 42,
    validation_fraction: 0.1,
    engine: 'auto',
    threads: 0,
  },
  mlflow: {
    tracking_uri: 'file:./mlruns',
    experiment_name: 'mnist-orca',
    registered_model_name: 'mnist-classifier',
  },
  registry: { default_stage: 'Staging', promote_to_production: true },
  release: {
    min_accuracy: 0.95,
    min_precision: 0.9,
    min_recall: 0.9,
    min_f1_score: 0.9,
    max_loss: 0.2,
    min_per_class_accuracy: 0.8,
    max_inference_time_ms: 100,
    min_confidence_threshold: 0.7,
  },
  api: { host: '0.0.0.0', port: 8000, timeout: 30 },
  drift: { psi_threshold: 0.2 },
  retrain: { enable_auto_retrain: false },
}
