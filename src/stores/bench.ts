import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { openBenchWorker } from '../clients/bench-client'
import type { WorkerHandle } from '../clients/worker-handle'
import type { BenchProgress, BenchReport } from '../domain/bench/report'
import type { BenchTask } from '../domain/bench/task'
import type { WireError } from '../protocol/errors'
import type { BenchCommand, BenchMessage } from '../protocol/bench'
import type { Hello } from '../protocol/version'

export type BenchState =
  | { readonly state: 'idle' }
  /** The progress is null until the worker has begun. */
  | {
      readonly state: 'running'
      readonly task: BenchTask['task']
      readonly progress: BenchProgress | null
    }
  /** Stopped: the report holds what was measured before. */
  | {
      readonly state: 'ended'
      readonly task: BenchTask['task']
      readonly report: BenchReport
      readonly stopped: boolean
    }
  | { readonly state: 'failed'; readonly error: WireError }

const store = createStore<BenchState>(() => ({ state: 'idle' }))

let worker: WorkerHandle<BenchCommand> | null = null

/** Measures a task in a worker of its own; does nothing while one is measured. */
export function startBench(task: BenchTask): void {
  if (worker !== null) return
  store.setState({ state: 'running', task: task.task, progress: null }, true)
  worker = openBenchWorker({ onMessage: receive, onBroken: fail })
  worker.post({ kind: 'measure', task })
}

/** Ends the worker at once; what it has measured stays. */
export function stopBench(): void {
  const state = store.getState()
  if (state.state !== 'running') return
  dismissWorker()
  const { task, progress } = state
  const report = progress?.report
  const measured = report !== undefined && (report.results.length > 0 || report.unavailable.length > 0)
  store.setState(measured ? { state: 'ended', task, report, stopped: true } : { state: 'idle' }, true)
}

/** Selects from the benchmark's state. */
export function useBench<Selected>(selector: (state: BenchState) => Selected): Selected {
  return useStore(store, selector)
}

function receive(message: Exclude<BenchMessage, Hello>): void {
  const state = store.getState()
  if (state.state !== 'running') return
  switch (message.kind) {
    case 'progress':
      store.setState({ ...state, progress: message.progress }, true)
      return
    case 'measured':
      dismissWorker()
      store.setState({ state: 'ended', task: state.task, report: message.report, stopped: false }, true)
      return
    case 'failed':
      fail(message.error)
      return
  }
}

function fail(error: WireError): void {
  dismissWorker()
  store.setState({ state: 'failed', error }, true)
}

function dismissWorker(): void {
  worker?.terminate()
  worker = null
}
