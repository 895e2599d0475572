import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { openTrainWorker } from '../clients/train-client'
import type { WorkerHandle } from '../clients/worker-handle'
import type { DatasetId, RunId } from '../domain/ids'
import type { RunOrigin } from '../domain/registry/records'
import type { RecipeParams } from '../domain/training/recipe'
import type { WireError } from '../protocol/errors'
import type { TrainCommand, TrainMessage } from '../protocol/train'
import type { Hello } from '../protocol/version'
import { now } from './clock'
import { keepStorage, probeGpu } from './device'
import { oncePerFrame } from './frame'
import { forgetLostRun, gpuIsBack, lostRun, noteLostRun, type LostRun } from './gpu-recovery'
import { runReleased } from '../storage/run-locks'
import { refreshRunLocks } from './run-locks'
import { createCurveBuffer, EMPTY_CURVE, type CurveBuffer, type StepCurve } from './step-curve'
import { reduceTraining, type TrainingState } from './training-state'

/** A worker's last message may come a little after the lock that its run held is free. */
const LAST_WORD_MS = 1_000
/** A stop waits for the step under way, the evaluation and the save; beyond this the worker is taken to hang. */
const STOP_PATIENCE_MS = 120_000

const store = createStore<TrainingState>(() => ({ state: 'idle' }))
const curveStore = createStore<StepCurve>(() => EMPTY_CURVE)

let worker: WorkerHandle<TrainCommand> | null = null
let patience: ReturnType<typeof setTimeout> | null = null
let profiling = false
let curve: CurveBuffer = createCurveBuffer(0)
/** The state with every message applied; the store follows once a frame. */
let latest: TrainingState = store.getState()

const commit = oncePerFrame(() => {
  const revision = curveStore.getState().revision + 1
  curveStore.setState(curve.view(revision), true)
  store.setState(latest, true)
})

export interface StartTraining {
  readonly datasetId: DatasetId
  readonly params: RecipeParams
  readonly runName: string
  /** What the run is one step of; absent when a person starts it. */
  readonly origin?: RunOrigin
}

/** Starts a run; does nothing while one is under way. */
export function startTraining({ datasetId, params, runName, origin }: StartTraining): void {
  begin(runName, { kind: 'start', datasetId, params, runName, origin })
}

export type TrainingEnd =
  | { readonly kind: 'ended'; readonly runId: RunId; readonly outcome: 'completed' | 'stopped' }
  | { readonly kind: 'failed'; readonly runId: RunId | null; readonly error: WireError }
  /** Dropped by a person before its first step. */
  | { readonly kind: 'dropped' }
  /** Another run is under way; nothing was started. */
  | { readonly kind: 'busy' }

/** Starts a run as one step of something larger, and waits for its end. `onRun` hears of the run once it is stored. */
export function trainToEnd(start: StartTraining, onRun?: (runId: RunId) => void): Promise<TrainingEnd> {
  if (worker !== null) return Promise.resolve({ kind: 'busy' })
  startTraining(start)
  return endOfTraining(onRun)
}

/** Goes on with an interrupted run as one step of something larger, and waits for its end. */
export function resumeToEnd(run: { readonly id: RunId; readonly name: string }): Promise<TrainingEnd> {
  if (worker !== null) return Promise.resolve({ kind: 'busy' })
  resumeTraining(run)
  return endOfTraining()
}

function endOfTraining(onRun?: (runId: RunId) => void): Promise<TrainingEnd> {
  let told = false
  return new Promise((resolve) => {
    const stopListening = store.subscribe((state) => {
      if (!told && state.state === 'running') {
        told = true
        onRun?.(state.runId)
      }
      const end = endOf(state)
      if (end === null) return
      stopListening()
      resolve(end)
    })
  })
}

function endOf(state: TrainingState): TrainingEnd | null {
  switch (state.state) {
    case 'ended':
      return { kind: 'ended', runId: state.runId, outcome: state.outcome }
    case 'failed':
      return { kind: 'failed', runId: state.runId, error: state.error }
    case 'idle':
      return { kind: 'dropped' }
    case 'preparing':
    case 'running':
    case 'stopping':
      return null
  }
}

/** Goes on with an interrupted run; does nothing while another is under way. */
export function resumeTraining(run: { readonly id: RunId; readonly name: string }): void {
  begin(run.name, { kind: 'resume', runId: run.id })
}

/** Goes on with a run that lost its GPU before this page was loaded; call it once, at boot. */
export function takeUpLostRun(): void {
  const run = lostRun()
  if (run !== null) void waitForGpu(run)
}

/** The run goes on by itself once the browser gives this page a GPU again, unless somebody stops the waiting. */
async function waitForGpu(run: LostRun): Promise<void> {
  if (worker !== null) return
  const waiting: TrainingState = {
    state: 'preparing',
    runName: run.name,
    startedAt: now(),
    waitsForGpu: true,
  }
  latest = waiting
  commit()
  const back = await gpuIsBack(
    async () => (await probeGpu()).kind !== 'none',
    () => latest === waiting,
  )
  if (latest !== waiting) return
  forgetLostRun()
  if (back) return resumeTraining(run)
  latest = { state: 'failed', runId: run.id, error: NO_GPU }
  commit()
}

/** Where waiting was tried a short while ago, the failure is shown, and a person decides. */
function loseGpu(run: LostRun): void {
  if (noteLostRun(run)) void waitForGpu(run)
}

const NO_GPU: WireError = {
  code: 'device-lost',
  message:
    'The GPU was lost twice, and the browser gives this page none again. The run is kept: restart the browser and resume it, or train on the processor.',
}

function begin(runName: string, command: Exclude<TrainCommand, Hello>): void {
  if (worker !== null) return
  curve = createCurveBuffer(0)
  latest = { state: 'preparing', runName, startedAt: now(), waitsForGpu: false }
  commit()
  worker = openTrainWorker({ onMessage: receive, onBroken: breakOff })
  if (profiling) worker.post({ kind: 'profile', on: true })
  worker.post(command)
}

/** Soft: what was learned is evaluated and kept. A run still preparing has learned nothing and is dropped at once. */
export function stopTraining(): void {
  if (latest.state === 'preparing') {
    forgetLostRun()
    dismissWorker()
    latest = { state: 'idle' }
    commit()
    return
  }
  if (worker === null || latest.state !== 'running') return
  worker.post({ kind: 'stop' })
  latest = { ...latest, state: 'stopping' }
  commit()
  patience = setTimeout(() => terminateTraining(), STOP_PATIENCE_MS)
}

/**
 * Whether to time a step's operations now and then, for as long as somebody looks; kept for the runs to come. The figures are
 * the state's `profile`.
 */
export function setProfiling(on: boolean): void {
  profiling = on
  worker?.post({ kind: 'profile', on })
}

/** Hard: the worker is gone at once; the run stays as interrupted, with its last checkpoint. */
function terminateTraining(): void {
  if (worker === null) return
  breakOff({
    code: 'stopped',
    message:
      'The training worker did not answer the stop and was ended. The run is kept as interrupted with its last checkpoint.',
  })
}

/** Whether a run is under way in this page, from its preparation to its end. */
export function isTraining(): boolean {
  return worker !== null
}

/** Selects from the training state. */
export function useTraining<Selected>(selector: (state: TrainingState) => Selected): Selected {
  return useStore(store, selector)
}

/** The dense curve of the run under way (or the last one of this page); a new object at most once a frame. */
export function useStepCurve(): StepCurve {
  return useStore(curveStore)
}

function receive(message: Exclude<TrainMessage, Hello>): void {
  if (message.kind === 'started') {
    curve = createCurveBuffer(message.totalSteps)
    for (const steps of message.before?.curve ?? []) curve.append(steps)
    if (worker !== null) void noticeSilentEnd(message.runId, worker)
  }
  if (message.kind === 'steps') curve.append(message.steps)
  const runName = 'runName' in latest ? latest.runName : ''
  latest = reduceTraining(latest, message, now())
  if (message.kind === 'ended' || message.kind === 'failed') dismissWorker()
  if (message.kind === 'failed' && message.error.code === 'device-lost' && message.runId !== null)
    loseGpu({ id: message.runId, name: runName })
  // From the first registered model on there is something to lose: ask the browser to keep it.
  if (message.kind === 'ended' && message.versionId !== null) void keepStorage()
  commit()
}

/** A worker that ends without a word (the browser may do that when memory is short) frees its run's lock all the same. */
async function noticeSilentEnd(runId: RunId, mine: WorkerHandle<TrainCommand>): Promise<void> {
  await runReleased(runId)
  await new Promise((resolve) => setTimeout(resolve, LAST_WORD_MS))
  if (worker !== mine) return
  breakOff({
    code: 'stopped',
    message:
      'The training worker ended without saying why: the browser may have been short of memory. The run is kept as interrupted with its last checkpoint; resume it.',
  })
}

function breakOff(error: WireError): void {
  const runId = 'runId' in latest ? latest.runId : null
  dismissWorker()
  latest = { state: 'failed', error, runId }
  commit()
}

function dismissWorker(): void {
  if (patience !== null) clearTimeout(patience)
  patience = null
  worker?.terminate()
  worker = null
  refreshRunLocks()
}
