import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { parseSha256, type Sha256 } from '../src/domain/ids'
import type { EngineHost, EngineThread } from '../workers/engine/contract'
import { shortMemory } from '../workers/engine/memory'
import { requestNodeGpu } from './gpu'

/** SHA-256 by Node's own implementation. */
export function digestNow(bytes: Uint8Array): Sha256 {
  return parseSha256(createHash('sha256').update(bytes).digest('hex'))
}

/** The digest function that the domain asks for. */
export function nodeDigest(bytes: Uint8Array): Promise<Sha256> {
  return Promise.resolve(digestNow(bytes))
}

/** Node as the engine's host: kernels from the files that `npm run build:wasm` made. */
export function nodeEngineHost(): EngineHost {
  return {
    async loadKernels(build) {
      // Node 20 compiles relaxed SIMD only behind this flag; from 22 on it is simply there.
      if (build === 'relaxed-simd' && process.version.startsWith('v20.'))
        setFlagsFromString('--experimental-wasm-relaxed-simd')
      const file = new URL(`../workers/engine/wasm/kernels.${build}.wasm`, import.meta.url)
      return WebAssembly.compile(await readFile(file))
    },
    digest: nodeDigest,
    now: () => performance.now(),
    breathe: () => setImmediate(),
    threads: { kind: 'threads', processors: availableParallelism(), spawn: spawnThread },
    requestGpu: requestNodeGpu,
    memory: shortMemory(),
  }
}

function spawnThread(start: unknown, lost: (reason: string) => void): EngineThread {
  const module = new URL('../workers/engine/node-thread.mjs', import.meta.url)
  const worker = new Worker(module, { workerData: start })
  worker.on('error', (error) => lost(error.message))
  worker.on('exit', () => lost('a thread ended'))
  return {
    // From then on it must not keep the process alive: whoever forgets an engine can still leave.
    ready: once(worker, 'message').then(() => worker.unref()),
    end: () => void worker.terminate(),
  }
}
