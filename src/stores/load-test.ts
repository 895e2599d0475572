import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { LoadReport } from '../domain/bench/load'
import { driveLoad, type LoadPlan } from '../domain/bench/load-drive'
import type { LabelledImages } from '../domain/dataset/dataset'
import type { DatasetId } from '../domain/ids'
import { IMAGE_PIXELS } from '../domain/image/preprocess'
import type { WireError } from '../protocol/errors'
import { readDigits } from '../storage/datasets'
import { callApi } from './api-calls'
import { oncePerFrame } from './frame'
import { wireError } from './wire-error'

export type LoadTestState =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly part: string; readonly done: number; readonly total: number }
  | { readonly state: 'ended'; readonly report: LoadReport }
  | { readonly state: 'failed'; readonly error: WireError }

const store = createStore<LoadTestState>(() => ({ state: 'idle' }))

/** Different digits that are sent; then they come again. */
const DIGITS = 256
const PARTS = {
  'warm-up': 'Warming up',
  sequential: 'One after the other',
  concurrent: 'At once',
} as const

let abort: AbortController | null = null

/** Asks this page's API with test digits; does nothing while a test runs. */
export async function startLoadTest(datasetId: DatasetId, testCount: number, plan: LoadPlan): Promise<void> {
  if (abort !== null) return
  const mine = new AbortController()
  abort = mine
  store.setState({ state: 'running', part: PARTS['warm-up'], done: 0, total: plan.warmUp }, true)
  try {
    const count = Math.min(DIGITS, testCount)
    const digits = await readDigits(
      datasetId,
      'test',
      Array.from({ length: count }, (_, index) => index),
    )
    const report = digits === null ? null : await loadOn(digits, plan, mine.signal)
    if (mine.signal.aborted) return
    store.setState(report === null ? { state: 'idle' } : { state: 'ended', report }, true)
  } catch (error) {
    if (!mine.signal.aborted) store.setState({ state: 'failed', error: wireError(error) }, true)
  } finally {
    if (abort === mine) abort = null
  }
}

/** Ends the test; what it found is dropped. */
export function stopLoadTest(): void {
  if (abort === null) return
  abort.abort()
  abort = null
  store.setState({ state: 'idle' }, true)
}

export function useLoadTest(): LoadTestState {
  return useStore(store)
}

function loadOn(digits: LabelledImages, plan: LoadPlan, signal: AbortSignal): Promise<LoadReport | null> {
  const { count, images, labels } = digits
  // Written beforehand: the caller's own work must not count as the server's.
  const bodies = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ image: [...images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS)] }),
  )
  let progress: LoadTestState = { state: 'idle' }
  const show = oncePerFrame(() => {
    if (!signal.aborted && store.getState().state === 'running') store.setState(progress, true)
  })
  return driveLoad(plan, {
    async send(index) {
      const { status, body } = await callApi('POST', '/predict', bodies[index % count] ?? null)
      if (status !== 200) throw new Error(body)
      const { prediction } = JSON.parse(body) as { readonly prediction: number }
      return prediction === labels[index % count]
    },
    now: () => performance.now(),
    onProgress(part, done, total) {
      progress = { state: 'running', part: PARTS[part], done, total }
      show()
    },
    stopped: () => signal.aborted,
  })
}
