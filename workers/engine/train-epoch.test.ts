import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../../src/domain/ids'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { DEFAULT_PARAMS } from '../../src/domain/params/defaults'
import type { StepProfile, TrainEvent } from '../../src/domain/training/events'
import type { SessionPlan } from '../../src/domain/training/session'
import type { StepOptions, StepResult, TrainingEngine } from './contract'
import { nodeHost } from './node-host.testing'
import type { TrainControl } from './train-control'
import { epochJob, type EpochTotals, runEpoch } from './train-epoch'

const STEPS = 10
const BATCH = 4

const PLAN: SessionPlan = {
  spec: { name: 'none', input: { height: 28, width: 28, channels: 1 }, layers: [] },
  params: { ...DEFAULT_PARAMS.train, batch_size: BATCH },
  augment: DEFAULT_PARAMS.augment,
  preprocess: MNIST_PREPROCESS,
  datasetDigest: parseSha256('0'.repeat(64)),
  trainIndices: Uint32Array.from({ length: STEPS * BATCH + 3 }, (_, i) => 1000 + i),
  validationIndices: new Uint32Array(0),
  stepsPerEpoch: STEPS,
  totalSteps: STEPS * 3,
}

const RESULT: StepResult = { loss: 1, correct: 2, gradientNorm: 3 }
const PROFILE: StepProfile = { step: 0, operations: [], milliseconds: 1, memoryBytes: 1, stepsInFlight: 1 }

interface Played {
  readonly engine: TrainingEngine
  /** What it was asked for: steps by number, `profile` for a step timed apart. */
  readonly asked: (readonly number[] | readonly ['profile', number])[]
  readonly images: number[]
  /** The most stretches that were ever under way at once, and those under way when a step was profiled. */
  most: number
  atProfile: number
}

/** An engine that answers a turn of the event loop later, and remembers. */
function played(
  stepsPerRun: number,
  answer: (step: StepOptions) => StepResult = () => RESULT,
  canProfile = true,
): Played {
  let underWay = 0
  const unasked = () => Promise.reject(new Error('an epoch does not ask for this'))
  const engine: TrainingEngine = {
    record: { kind: 'wasm', build: 'simd', threads: 1, convolutions: [], device: 'played', reason: 'test' },
    batch: BATCH,
    stepsPerRun,
    memoryBytes: 0,
    attach: unasked,
    writeState: unasked,
    readState: unasked,
    gradients: unasked,
    async run(indices, steps) {
      log.asked.push(steps.map(({ step }) => step))
      log.images.push(...indices)
      log.most = Math.max(log.most, ++underWay)
      await nodeHost.breathe()
      underWay--
      return steps.map(answer)
    },
    profile(indices, { step }) {
      if (!canProfile) return Promise.resolve(null)
      log.asked.push(['profile', step])
      log.images.push(...indices)
      log.atProfile = Math.max(log.atProfile, underWay)
      return Promise.resolve({ result: RESULT, profile: { ...PROFILE, step } })
    },
    dispose: () => {},
  }
  const log: Played = { engine, asked: [], images: [], most: 0, atProfile: 0 }
  return log
}

const FREE: TrainControl = { signal: new AbortController().signal, wantsProfile: () => false }

async function epoch(
  { engine }: Played,
  control: TrainControl = FREE,
  { at = 0, tick = 0, onEvent = (_event: TrainEvent): void => {} } = {},
): Promise<{ readonly totals: EpochTotals; readonly events: readonly TrainEvent[] }> {
  let milliseconds = 0
  const host = { ...nodeHost, now: () => (milliseconds += tick) }
  const events: TrainEvent[] = []
  const running = runEpoch(epochJob(engine, PLAN, host, control), at, 0)
  for (;;) {
    const next = await running.next()
    if (next.done) return { totals: next.value, events }
    events.push(next.value)
    onEvent(next.value)
  }
}

function stepsOf(events: readonly TrainEvent[]): readonly number[] {
  return events.flatMap((event) =>
    event.kind === 'steps' ? Array.from(event.steps.loss, (_, i) => event.steps.firstStep + i) : [],
  )
}

describe('an epoch', () => {
  it('gives stretches that never cross its end, and every image once', async () => {
    const log = played(4)
    const { totals, events } = await epoch(log, FREE, { at: 2 })
    expect(log.asked).toEqual([
      [20, 21, 22, 23],
      [24, 25, 26, 27],
      [28, 29],
    ])
    expect(new Set(log.images).size).toBe(STEPS * BATCH)
    expect(Math.min(...log.images)).toBeGreaterThanOrEqual(1000)
    expect(totals).toEqual({ steps: 10, loss: 10, correct: 20, gradientNorm: 30 })
    expect(stepsOf(events)).toEqual(Array.from({ length: STEPS }, (_, i) => 20 + i))
  })

  it.each([
    [4, 2],
    [1, 1],
  ])('with stretches of %i has at most %i under way', async (stepsPerRun, most) => {
    const log = played(stepsPerRun)
    await epoch(log)
    expect(log.most).toBe(most)
  })

  it('gives the same images to the same steps, whatever the stretches', async () => {
    const [one, four] = [played(1), played(4)]
    await epoch(one)
    await epoch(four)
    expect(four.images).toEqual(one.images)
  })

  it('ends after what is under way when it is stopped', async () => {
    const log = played(2)
    const abort = new AbortController()
    const stop = (event: TrainEvent) => void (event.kind === 'steps' && abort.abort())
    // Every look at the clock takes a second: each stretch is reported.
    const { totals } = await epoch(log, { ...FREE, signal: abort.signal }, { tick: 1000, onEvent: stop })
    expect(log.asked).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(totals.steps).toBe(4)
  })

  it('names the step whose loss is no number, also in the middle of a stretch', async () => {
    const log = played(4, ({ step }) => (step === 5 ? { ...RESULT, loss: Number.NaN } : RESULT))
    await expect(epoch(log)).rejects.toThrow('the loss of step 6 (epoch 1) is not a finite number')
  })

  it('tells the first failure of those under way, and no other', async () => {
    const log = played(4, ({ step }) => {
      throw new Error(`step ${step} failed`)
    })
    await expect(epoch(log)).rejects.toThrow('step 0 failed')
    // The second stretch fails, too: not awaited by anyone, it would end the test run as an unhandled rejection.
    await nodeHost.breathe()
  })
})

describe('profiling', () => {
  const watched: TrainControl = { ...FREE, wantsProfile: () => true }

  it('does a step apart now and then, alone, in its place', async () => {
    const log = played(2)
    const { totals, events } = await epoch(log, watched, { tick: 40 })
    const profiles = events.flatMap((event) => (event.kind === 'profile' ? [event.profile.step] : []))
    expect(profiles.length).toBeGreaterThan(0)
    expect(profiles.length).toBeLessThan(STEPS / 2)
    expect(log.asked.filter(([kind]) => kind === 'profile').map(([, step]) => step)).toEqual(profiles)
    expect(log.atProfile).toBe(0)
    expect(stepsOf(events)).toEqual(Array.from({ length: STEPS }, (_, i) => i))
    expect(totals).toEqual({ steps: 10, loss: 10, correct: 20, gradientNorm: 30 })
    const plain = played(2)
    await epoch(plain)
    expect(log.images).toEqual(plain.images)
  })

  it('waits the longer the longer a profiled step takes', async () => {
    // Each look takes two minutes, and so does a profiled step: the next one is due after fifty.
    const log = played(1)
    const { events } = await epoch(log, watched, { tick: 120_000 })
    expect(events.filter(({ kind }) => kind === 'profile')).toHaveLength(1)
  })

  it('waits over the end of an epoch, however short', async () => {
    const log = played(2)
    const job = epochJob(log.engine, PLAN, { ...nodeHost, now: () => 0 }, watched)
    const kinds: string[] = []
    for (const at of [0, 1, 2]) for await (const { kind } of runEpoch(job, at, 0)) kinds.push(kind)
    expect(kinds).toEqual(['profile', 'steps', 'steps', 'steps'])
  })

  it('costs nothing where nobody looks, and goes on where the engine cannot', async () => {
    for (const [log, control] of [
      [played(4), FREE],
      [played(4, () => RESULT, false), watched],
    ] as const) {
      const { totals, events } = await epoch(log, control, { tick: 500 })
      expect(totals.steps).toBe(STEPS)
      expect(events.some(({ kind }) => kind === 'profile')).toBe(false)
    }
  })
})
