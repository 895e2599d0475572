import type { Transaction } from 'dexie'

/**
 * The second schema's view of what the first one stored. Runs of then knew fewer parameters; what the others would have said is
 * written out here, and not taken from today's defaults, which may change: a released step stays as it is.
 */

/** What the recipe of a first run amounts to in parameters that came later. It convolved directly. */
const LATER_PARAMS = {
  nesterov: false,
  beta1: 0.9,
  beta2: 0.999,
  alpha: 0.99,
  epsilon: 1e-8,
  plateau_factor: 0.5,
  plateau_patience: 3,
  pct_start: 0.3,
  div_factor: 25,
  final_div_factor: 10_000,
  warmup_epochs: 0,
  gradient_clip_val: 0,
  label_smoothing: 0,
  ema_decay: 0,
  monitor: 'validation_accuracy',
  monitor_mode: 'auto',
  early_stopping_patience: 0,
  early_stopping_min_delta: 0,
  final_weights: 'last',
  validation_frequency: 1,
  convolution: 'direct',
  mixed_precision: false,
}

const NO_AUGMENT = { rotation: 0, shift: 0, scale: 0, shear: 0, elastic: 0, thickness: 0 }

/** The parts of a first run that change. */
interface FirstRun {
  params: object
  augment?: object
  engine: object
  status: { result?: { epochsDone: number } }
  resumes?: { engine: object }[]
}

export async function upgradeFirstRuns(transaction: Transaction): Promise<void> {
  await transaction
    .table<FirstRun>('runs')
    .toCollection()
    .modify((run) => {
      run.params = { ...LATER_PARAMS, ...run.params }
      run.augment ??= NO_AUGMENT
      run.engine = withConvolutions(run.engine)
      for (const resume of run.resumes ?? []) resume.engine = withConvolutions(resume.engine)
      const { result } = run.status
      if (result !== undefined) Object.assign(result, { weightsEpoch: result.epochsDone, stoppedEarly: null })
    })
  await transaction
    .table<object>('checkpoints')
    .toCollection()
    .modify((checkpoint) => {
      Object.assign(checkpoint, { average: null, best: false })
    })
}

function withConvolutions(engine: object): object {
  return { convolutions: [], ...engine }
}
