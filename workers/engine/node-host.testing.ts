/** Node as an engine's host, for tests: the kernels that `npm run build:wasm` made, on one thread unless a test asks for more. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { parseSha256 } from '../../src/domain/ids'
import type { EngineHost, EngineThread, ThreadSupport } from './contract'
import { shortMemory } from './memory'
import type { ThreadStart } from './wasm/thread'

// Node 20 compiles relaxed SIMD only with this; later versions have it on.
setFlagsFromString('--experimental-wasm-relaxed-simd')

export const nodeHost: EngineHost = {
  loadKernels: async (build) =>
    WebAssembly.compile(await readFile(new URL(`./wasm/kernels.${build}.wasm`, import.meta.url))),
  digest: (bytes) => Promise.resolve(parseSha256(createHash('sha256').update(bytes).digest('hex'))),
  now: () => performance.now(),
  breathe: () => setImmediate(),
  threads: { kind: 'none', reason: 'tests use one unless they say otherwise' },
  requestGpu: () => Promise.resolve({ kind: 'none', reason: 'Node has no WebGPU' }),
  memory: shortMemory(),
}

/** The same with threads of Node. */
export const threadedHost: EngineHost = { ...nodeHost, threads: threadsRunning('./node-thread.mjs') }

/** Threads that run some module beside this one. */
export function threadsRunning(module: string): Extract<ThreadSupport, { kind: 'threads' }> {
  return {
    kind: 'threads',
    processors: 2,
    spawn: (start, lost) => spawn(new URL(module, import.meta.url), start, lost),
  }
}

function spawn(module: URL, start: ThreadStart, lost: (reason: string) => void): EngineThread {
  const worker = new Worker(module, { workerData: start })
  worker.on('error', (error) => lost(error.message))
  worker.on('exit', () => lost('a thread ended'))
  return {
    ready: once(worker, 'message').then(() => worker.unref()),
    end: () => void worker.terminate(),
  }
}
