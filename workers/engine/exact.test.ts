/** A run that is killed in the middle of an epoch and goes on from its last checkpoint ends with the weights it would have had. */
import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../../src/domain/ids'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import type { ModelSpec } from '../../src/domain/model/spec'
import { DEFAULT_PARAMS } from '../../src/domain/params/defaults'
import type { AugmentParams, TrainParams } from '../../src/domain/params/schema'
import type { ResumePoint, TrainEvent, TrainOutcome } from '../../src/domain/training/events'
import { recipeOf } from '../../src/domain/training/recipe'
import type { SessionPlan } from '../../src/domain/training/session'
import { seededDigits } from './agreement.testing'
import type { EngineHost } from './contract'
import { jobOf } from './job.testing'
import { nodeHost } from './node-host.testing'
import { digestWeights, train } from './train'
import { createWasmTrainingEngine } from './wasm/training'

const SPEC: ModelSpec = {
  name: 'small',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { kind: 'max-pool', size: 2 },
    { kind: 'conv', filters: 4, kernel: 3, padding: 0, bias: false },
    { kind: 'batch-norm' },
    { kind: 'relu' },
    { kind: 'dropout', rate: 0.1 },
    { kind: 'max-pool', size: 3 },
    { kind: 'flatten' },
    { kind: 'dense', units: 10, bias: true },
  ],
}

const OPTIMIZERS = { sgd: 0.05, adam: 0.005, adamw: 0.005, rmsprop: 0.002, adagrad: 0.02 } as const
const SCHEDULERS = ['none', 'step', 'cosine', 'exponential', 'plateau', 'one-cycle'] as const
const AUGMENT: AugmentParams = { rotation: 10, shift: 2, scale: 0.1, shear: 5, elastic: 1, thickness: 0.5 }

/** Counts a falling training loss as getting worse: the first epoch is the best, and patience runs out. */
const BACKWARDS = { monitor: 'train_loss', monitor_mode: 'max', plateau_patience: 0 } as const

const EXTRAS: readonly { readonly params: Partial<TrainParams>; readonly augment?: AugmentParams }[] = [
  { params: { nesterov: true, momentum: 0.9, validation_frequency: 2 } },
  { params: { ...BACKWARDS, ema_decay: 0.9, final_weights: 'best', warmup_epochs: 1 } },
  { params: { gradient_clip_val: 0.5, label_smoothing: 0.1, weight_decay: 0.01 }, augment: AUGMENT },
  {
    params: { ...BACKWARDS, early_stopping_patience: 4, final_weights: 'best', ema_decay: 0.8 },
    augment: AUGMENT,
  },
]

interface Row {
  readonly name: string
  readonly params: TrainParams
  readonly augment: AugmentParams
}

const ROWS: readonly Row[] = Object.entries(OPTIMIZERS).flatMap(([optimizer, lr], column) =>
  SCHEDULERS.map((scheduler, row) => {
    const extra = EXTRAS[(column + row) % EXTRAS.length]
    const params = {
      ...DEFAULT_PARAMS.train,
      preset: 'small',
      epochs: 6,
      batch_size: 16,
      step_size: 2,
      gamma: 0.5,
      optimizer: optimizer as TrainParams['optimizer'],
      lr,
      scheduler,
      ...extra?.params,
      // One-cycle has a warm-up of its own.
      ...(scheduler === 'one-cycle' ? { warmup_epochs: 0 } : {}),
    }
    const said = Object.entries(extra?.params ?? {}).map(([key, value]) => `${key} ${value}`)
    const name = [optimizer, scheduler, ...said, ...(extra?.augment ? ['augmentation'] : [])].join(', ')
    return { name, params, augment: extra?.augment ?? DEFAULT_PARAMS.augment }
  }),
)

const digits = seededDigits(100, 5)

function planOf({ params, augment }: Row): SessionPlan {
  return {
    spec: SPEC,
    params,
    augment,
    preprocess: MNIST_PREPROCESS,
    datasetDigest: parseSha256('0'.repeat(64)),
    trainIndices: Uint32Array.from({ length: 80 }, (_, i) => i),
    validationIndices: Uint32Array.from({ length: 20 }, (_, i) => 80 + i),
    stepsPerEpoch: 5,
    totalSteps: 5 * params.epochs,
  }
}

/** A second passes whenever somebody looks: every step is reported by itself. */
function slowHost(): EngineHost {
  let milliseconds = 0
  return { ...nodeHost, now: () => (milliseconds += 1000) }
}

interface Played {
  /** Null when it was killed. */
  readonly outcome: TrainOutcome | null
  readonly ends: readonly Extract<TrainEvent, { kind: 'epoch' }>[]
}

/** Trains until `killed` says so of an event, as if the process were gone then. */
async function play(
  row: Row,
  from: ResumePoint | null = null,
  killed: (event: TrainEvent) => boolean = () => false,
): Promise<Played> {
  const { params, augment } = row
  const job = jobOf(SPEC, params.batch_size, recipeOf({ train: params, augment }))
  const engine = await createWasmTrainingEngine(job, nodeHost, { threads: 1 })
  const ends: Extract<TrainEvent, { kind: 'epoch' }>[] = []
  const control = { signal: new AbortController().signal, wantsProfile: () => false }
  const events = train(engine, planOf(row), digits, slowHost(), control, from)
  try {
    for (;;) {
      const next = await events.next()
      if (next.done) return { outcome: next.value, ends }
      if (killed(next.value)) return { outcome: null, ends }
      if (next.value.kind === 'epoch') ends.push(next.value)
    }
  } finally {
    engine.dispose()
  }
}

/** What was kept of a run whose epochs ended so. */
function resumePoint(ends: Played['ends']): ResumePoint {
  const last = ends.at(-1)
  if (last === undefined) throw new Error('expected an epoch')
  const best = ends.findLast((end) => end.best)?.checkpoint
  return structuredClone({
    checkpoint: last.checkpoint,
    epochs: ends.map(({ metrics }) => metrics),
    best: best === undefined ? null : { epoch: best.epoch, weights: best.average ?? best.weights },
  })
}

function withoutTime({ ends }: Played) {
  return ends.map(({ metrics: { seconds: _seconds, imagesPerSecond: _rate, ...figures } }) => figures)
}

describe('a run killed in the middle of its third epoch', () => {
  it.each(ROWS.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const whole = await play(row)
    const killed = await play(row, null, (event) => event.kind === 'steps' && event.steps.firstStep === 12)
    expect(killed.ends).toHaveLength(2)
    const resumed = await play(row, resumePoint(killed.ends))
    const both = { outcome: resumed.outcome, ends: [...killed.ends, ...resumed.ends] }
    expect(withoutTime(both)).toEqual(withoutTime(whole))

    const { weightsSha256, weightsEpoch, stoppedEarly, stepsDone } = whole.outcome!
    expect(resumed.outcome).toMatchObject({ weightsSha256, weightsEpoch, stoppedEarly, stepsDone })
    expect(weightsSha256).toBe(await digestWeights(whole.outcome!.weights, nodeHost))
    // The weights handed back are those of the epoch they are said to be of.
    const { metrics, checkpoint } = whole.ends[weightsEpoch - 1]!
    expect(weightsSha256).toBe(metrics.weightsSha256)
    expect(weightsSha256).toBe(await digestWeights(checkpoint.average ?? checkpoint.weights, nodeHost))
    expect(checkpoint.average === null).toBe(row.params.ema_decay === 0)
  })
})

it('covers runs that end early and with an epoch of before the kill', async () => {
  const row = ROWS.find(({ params }) => params.early_stopping_patience > 0)!
  const { outcome, ends } = await play(row)
  expect(ends).toHaveLength(5)
  expect(outcome).toMatchObject({ kind: 'completed', epochsDone: 5, weightsEpoch: 1 })
  expect(outcome?.stoppedEarly).toMatch(
    /^Ended after epoch 5: the training loss was not better than .* 4 times/,
  )
})

it('does not go on without the best epoch it would end with', async () => {
  const row = ROWS.find(({ params }) => params.final_weights === 'best')!
  const { ends } = await play(row)
  const from = { ...resumePoint(ends.slice(0, 3)), best: null }
  await expect(play(row, from)).rejects.toThrow(
    'a run that ends with its best weights goes on with those of epoch 1, found none',
  )
})
