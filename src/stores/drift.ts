import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { openDriftWorker } from '../clients/drift-client'
import type { WorkerHandle } from '../clients/worker-handle'
import type { DriftFindings, DriftReport } from '../domain/drift/report'
import { type DriftReportId, recordIdFromBytes, type VersionId } from '../domain/ids'
import { DEFAULT_PARAMS } from '../domain/params/defaults'
import type { DriftCommand, DriftMessage, DriftRequest, SimulationRequest } from '../protocol/drift'
import type { WireError } from '../protocol/errors'
import type { Hello } from '../protocol/version'
import { deleteDriftReport, keepDriftReport } from '../storage/drift-reports'
import { now } from './clock'
import { decided, type Decision } from './decision'
import { pageParams } from './defaults'

/** A look as screens ask for it: the threshold is the page's `drift.psi_threshold`. */
export type DriftLook = Omit<DriftRequest, 'threshold'>
export type DriftSimulation = Omit<SimulationRequest, 'threshold'>

export interface SimulatedStrength {
  readonly strength: number
  readonly findings: DriftFindings
}

export type DriftState =
  | { readonly state: 'idle' }
  | {
      readonly state: 'looking'
      readonly look: DriftLook
      readonly label: string
      readonly done: number
      readonly total: number | null
    }
  | {
      readonly state: 'simulating'
      readonly simulation: DriftSimulation
      readonly label: string
      readonly strengths: readonly SimulatedStrength[]
    }
  | { readonly state: 'looked'; readonly report: DriftReport }
  /** Stopped ones hold the strengths done before. */
  | {
      readonly state: 'simulated'
      readonly simulation: DriftSimulation
      readonly strengths: readonly SimulatedStrength[]
    }
  | { readonly state: 'failed'; readonly error: WireError }

const store = createStore<DriftState>(() => ({ state: 'idle' }))

let worker: WorkerHandle<DriftCommand> | null = null
/** Who waits for the look under way. */
let settle: ((decision: Decision<DriftReport>) => void) | null = null

const BUSY: WireError = {
  code: 'busy',
  message: 'Drift is being looked for already. Wait for its end, or stop it first.',
}
const STOPPED: WireError = { code: 'stopped', message: 'Looking for drift was stopped; nothing was kept.' }

/**
 * Compares a window with a version's baseline, in a worker of its own, and keeps the report. One at a time: a second call is
 * refused as `busy`. Bytes of files are moved to the worker.
 */
export function lookForDrift(look: DriftLook): Promise<Decision<DriftReport>> {
  if (worker !== null) return Promise.resolve({ ok: false, error: BUSY })
  const threshold = driftThreshold()
  store.setState(
    { state: 'looking', look: withoutBytes(look), label: 'Starting', done: 0, total: null },
    true,
  )
  return new Promise((resolve) => {
    settle = resolve
    worker = openDriftWorker({
      onMessage: (message) => receive(message, look.versionId),
      onBroken: fail,
    })
    const bytes = look.source.kind === 'files' ? look.source.files.map((file) => file.bytes) : []
    worker.post({ kind: 'look', request: { ...look, threshold } }, bytes)
  })
}

/** Enough for any MNIST-sized file; a bigger one is refused before it is read. */
const MAX_FILE_BYTES = 256_000_000

/** Looks for drift in files that a person chose, which are read and not kept. */
export async function checkFiles(
  versionId: VersionId,
  files: readonly File[],
  { sample, seed }: Pick<DriftLook, 'sample' | 'seed'>,
): Promise<Decision<DriftReport>> {
  if (worker !== null) return { ok: false, error: BUSY }
  const tooBig = files.find((file) => file.size > MAX_FILE_BYTES)
  if (tooBig)
    return refuse({
      code: 'over-budget',
      message: `${tooBig.name} has ${tooBig.size} bytes; at most ${MAX_FILE_BYTES} are read. Choose a smaller file.`,
    })
  let read
  try {
    read = await Promise.all(
      files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })),
    )
  } catch (error) {
    return refuse({
      code: 'unreachable',
      message: `A chosen file could not be read (${String(error)}). Choose it again.`,
    })
  }
  return lookForDrift({ versionId, source: { kind: 'files', files: read }, sample, seed })
}

/** Tries a shift at several strengths; nothing is stored. Does nothing while the worker is busy. */
export function simulateDrift(simulation: DriftSimulation): void {
  if (worker !== null) return
  store.setState({ state: 'simulating', simulation, label: 'Starting', strengths: [] }, true)
  worker = openDriftWorker({
    onMessage: (message) => receive(message, simulation.versionId),
    onBroken: fail,
  })
  worker.post({ kind: 'simulate', request: { ...simulation, threshold: driftThreshold() } })
}

/** Ends the worker at once. What a simulation has found stays to be seen. */
export function stopDrift(): void {
  const state = store.getState()
  if (state.state === 'simulating') {
    dismissWorker()
    const { simulation, strengths } = state
    store.setState(
      strengths.length === 0 ? { state: 'idle' } : { state: 'simulated', simulation, strengths },
      true,
    )
    return
  }
  if (state.state !== 'looking') return
  dismissWorker()
  store.setState({ state: 'idle' }, true)
  answer({ ok: false, error: STOPPED })
}

export async function removeDriftReport(report: DriftReport): Promise<Decision<void>> {
  return decided(() => deleteDriftReport(report.id))
}

/** Brings a removed report back. */
export async function restoreDriftReport(report: DriftReport): Promise<Decision<void>> {
  return decided(() => keepDriftReport(report))
}

/** Selects from the state of the look under way, or of the last one. */
export function useDrift<Selected>(selector: (state: DriftState) => Selected): Selected {
  return useStore(store, selector)
}

/** Index from which on a difference counts as drift: a parameter of the page. */
function driftThreshold(): number {
  const resolution = pageParams(window.location.search)
  return (resolution.ok ? resolution.params : DEFAULT_PARAMS).drift.psi_threshold
}

function receive(message: Exclude<DriftMessage, Hello>, versionId: VersionId): void {
  const state = store.getState()
  switch (message.kind) {
    case 'progress': {
      const { label, done, total } = message
      if (state.state === 'looking') store.setState({ ...state, label, done, total }, true)
      if (state.state === 'simulating') store.setState({ ...state, label }, true)
      return
    }
    case 'found':
      dismissWorker()
      void keep({ id: freshId(), at: now(), versionId, ...message.findings })
      return
    case 'strength': {
      if (state.state !== 'simulating') return
      const { strength, findings } = message
      store.setState({ ...state, strengths: [...state.strengths, { strength, findings }] }, true)
      return
    }
    case 'simulated': {
      dismissWorker()
      if (state.state !== 'simulating') return
      const { simulation, strengths } = state
      store.setState({ state: 'simulated', simulation, strengths }, true)
      return
    }
    // Asked for by `traffic.ts`, of workers of its own.
    case 'traffic':
      return
    case 'failed':
      fail(message.error)
      return
  }
}

async function keep(report: DriftReport): Promise<void> {
  const kept = await decided(() => keepDriftReport(report))
  if (!kept.ok) return fail(kept.error)
  store.setState({ state: 'looked', report }, true)
  answer({ ok: true, value: report })
}

function fail(error: WireError): void {
  dismissWorker()
  store.setState({ state: 'failed', error }, true)
  answer({ ok: false, error })
}

/** A failure before any worker was asked. */
function refuse(error: WireError): Decision<DriftReport> {
  store.setState({ state: 'failed', error }, true)
  return { ok: false, error }
}

function answer(decision: Decision<DriftReport>): void {
  const waiting = settle
  settle = null
  waiting?.(decision)
}

function dismissWorker(): void {
  worker?.terminate()
  worker = null
}

/** The state is for showing: it holds no bytes, which are moved away anyway. */
function withoutBytes(look: DriftLook): DriftLook {
  const { source } = look
  if (source.kind !== 'files') return look
  const files = source.files.map(({ name }) => ({ name, bytes: new ArrayBuffer(0) }))
  return { ...look, source: { kind: 'files', files } }
}

function freshId(): DriftReportId {
  return recordIdFromBytes(crypto.getRandomValues(new Uint8Array(16)))
}
