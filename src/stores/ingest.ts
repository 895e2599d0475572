import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { openIngestWorker } from '../clients/ingest-client'
import type { WorkerHandle } from '../clients/worker-handle'
import type { DatasetId, EpochMillis } from '../domain/ids'
import type { WireError } from '../protocol/errors'
import type {
  IngestCommand,
  IngestEvent,
  IngestProgress,
  IngestRequest,
  ReadRequest,
  SplitPreview,
  SplitRoles,
} from '../protocol/ingest'
import type { Hello } from '../protocol/version'
import { now } from './clock'
import { pagePreprocess } from './defaults'
import type { Decision } from './decision'

/** A source that could not be used, and why the next one was tried. */
interface PassedOver {
  readonly source: string
  readonly reason: string
}

export type { SplitPreview, SplitRoles }

export type IngestState =
  | {
      readonly state: 'idle'
      /** What the last successful load of this page stored. */
      readonly lastDatasetId: DatasetId | null
      readonly passedOver: readonly PassedOver[]
    }
  | {
      readonly state: 'loading'
      readonly progress: IngestProgress | null
      readonly passedOver: readonly PassedOver[]
      readonly startedAt: EpochMillis
      /** What was found and is being stored: it comes back should that fail. */
      readonly found: readonly SplitPreview[] | null
    }
  /** Files were looked into and wait for a person's word; their worker holds them. */
  | {
      readonly state: 'found'
      readonly splits: readonly SplitPreview[]
      /** Why storing them failed the last time. */
      readonly problem: WireError | null
      readonly passedOver: readonly PassedOver[]
    }
  | { readonly state: 'failed'; readonly error: WireError; readonly passedOver: readonly PassedOver[] }

/** A worker that has not answered a stop for this long is terminated. */
const STOP_PATIENCE_MS = 2000
/** A worker that decodes foreign bytes and says nothing for this long hangs: hostile files are made for that. */
const DECODING_PATIENCE_MS = 10_000
/** Enough for any MNIST-sized set; a bigger file is refused before it is read. */
const MAX_FILE_BYTES = 512 * 1024 * 1024

const IDLE: IngestState = { state: 'idle', lastDatasetId: null, passedOver: [] }

const store = createStore<IngestState>(() => IDLE)

let worker: WorkerHandle<IngestCommand> | null = null
let patience: ReturnType<typeof setTimeout> | null = null
let watchdog: ReturnType<typeof setTimeout> | null = null

/** Loads MNIST: from this site, else from the mirrors, else the built-in digits. */
export function loadMnist(): void {
  ingest({ kind: 'mnist' })
}

/** Makes a dataset with the built-in generator; equal seeds and counts give equal datasets. */
export function generateBuiltIn(options: { seed: number; train: number; test: number }): void {
  ingest({ kind: 'built-in', ...options })
}

/** Looks into files a person chose; `path` says where a file lay in a folder. Nothing is stored before {@link keepFound}. */
export async function lookIntoFiles(
  files: readonly { readonly path: string; readonly file: File }[],
): Promise<void> {
  if (store.getState().state === 'loading') return
  const tooBig = files.find(({ file }) => file.size > MAX_FILE_BYTES)
  if (tooBig) {
    fail({
      code: 'over-budget',
      message: `${tooBig.path} has ${tooBig.file.size} bytes; at most ${MAX_FILE_BYTES} are read. Choose smaller files.`,
    })
    return
  }
  begin()
  try {
    const read = await Promise.all(
      files.map(async ({ path, file }) => ({ name: path, bytes: await file.arrayBuffer() })),
    )
    if (store.getState().state !== 'loading') return
    look(
      { kind: 'files', files: read },
      read.map((file) => file.bytes),
    )
  } catch (error) {
    fail({
      code: 'unreachable',
      message: `A chosen file could not be read (${String(error)}). Choose it again.`,
    })
  }
}

/** Looks into files behind addresses; Parquet is read by range requests. */
export function lookIntoAddresses(urls: readonly string[]): void {
  if (begin()) look({ kind: 'addresses', urls })
}

/** Looks into the public MNIST Parquet: from this site, else from the Hugging Face hub. */
export function lookIntoMnistParquet(): void {
  if (begin()) look({ kind: 'mnist-parquet' })
}

/** Stores what was found as a dataset. Should it fail, what was found is there still. */
export function keepFound(name: string, roles: SplitRoles): void {
  const state = store.getState()
  if (state.state !== 'found' || worker === null) return
  const { splits, passedOver } = state
  store.setState({ state: 'loading', progress: null, passedOver, startedAt: now(), found: splits }, true)
  worker.post({ kind: 'keep', name, roles })
}

/** Forgets what was found; nothing was stored. */
export function dropFound(): void {
  if (store.getState().state === 'found') finish(null)
}

/** Loads MNIST as {@link loadMnist}, or waits for the load under way, and answers with what was stored. */
export function loadToEnd(): Promise<Decision<DatasetId>> {
  dropFound()
  loadMnist()
  return new Promise((resolve) => {
    const stopListening = store.subscribe((state) => {
      if (state.state === 'loading' || state.state === 'found') return
      stopListening()
      if (state.state === 'failed') resolve({ ok: false, error: state.error })
      else if (state.lastDatasetId !== null) resolve({ ok: true, value: state.lastDatasetId })
      else resolve({ ok: false, error: { code: 'stopped', message: 'Loading digits was stopped.' } })
    })
  })
}

/** Soft at first: the worker drops what it has; then hard, should it not answer. */
export function stopIngest(): void {
  if (store.getState().state !== 'loading') return
  if (worker === null) {
    finish(null)
    return
  }
  worker.post({ kind: 'stop' })
  patience ??= setTimeout(() => finish(null), STOP_PATIENCE_MS)
}

/** Selects from the ingest state. */
export function useIngest<Selected>(selector: (state: IngestState) => Selected): Selected {
  return useStore(store, selector)
}

function ingest(request: IngestRequest): void {
  if (begin()) openWorker().post({ kind: 'ingest', request, preprocess: pagePreprocess() })
}

function look(request: ReadRequest, transfer: Transferable[] = []): void {
  openWorker().post({ kind: 'inspect', request, preprocess: pagePreprocess() }, transfer)
}

/** Shows that loading began, and forgets what was found before. False while a load is under way. */
function begin(): boolean {
  if (store.getState().state === 'loading') return false
  dismissWorker()
  store.setState({ state: 'loading', progress: null, passedOver: [], startedAt: now(), found: null }, true)
  return true
}

function openWorker(): WorkerHandle<IngestCommand> {
  worker = openIngestWorker({ onMessage: receive, onBroken: fail })
  return worker
}

function receive(event: Exclude<IngestEvent, Hello>): void {
  const state = store.getState()
  if (state.state !== 'loading') return
  watch(event.kind === 'progress' && event.progress.decoding === true)
  switch (event.kind) {
    case 'progress':
      store.setState({ ...state, progress: event.progress }, true)
      return
    case 'passed-over':
      store.setState(
        { ...state, passedOver: [...state.passedOver, { source: event.source, reason: event.reason }] },
        true,
      )
      return
    case 'inspected':
      found(event.splits, null)
      return
    case 'stored':
      finish(event.datasetId)
      return
    case 'exported':
      // Exports have workers of their own (stores/dataset-export).
      return
    case 'stopped':
      finish(null)
      return
    case 'failed':
      if (state.found === null) fail(event.error)
      else found(state.found, event.error)
      return
  }
}

/** Ends a worker that falls silent over foreign bytes. */
function watch(decodes: boolean): void {
  if (watchdog !== null) clearTimeout(watchdog)
  watchdog = decodes ? setTimeout(giveUp, DECODING_PATIENCE_MS) : null
}

function giveUp(): void {
  fail({
    code: 'over-budget',
    message: `Reading the file was given up: nothing came of it for ${DECODING_PATIENCE_MS / 1000} s. It may be damaged or made to hang; choose another copy, or a smaller file where this machine is busy.`,
  })
}

function found(splits: readonly SplitPreview[], problem: WireError | null): void {
  const { passedOver } = store.getState()
  store.setState({ state: 'found', splits, problem, passedOver }, true)
}

function finish(datasetId: DatasetId | null): void {
  const { passedOver } = store.getState()
  dismissWorker()
  store.setState({ state: 'idle', lastDatasetId: datasetId, passedOver }, true)
}

function fail(error: WireError): void {
  const { passedOver } = store.getState()
  dismissWorker()
  store.setState({ state: 'failed', error, passedOver }, true)
}

function dismissWorker(): void {
  if (patience !== null) clearTimeout(patience)
  patience = null
  watch(false)
  worker?.terminate()
  worker = null
}
