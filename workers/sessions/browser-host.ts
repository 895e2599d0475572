import { digest, owned } from '../../src/storage/blobs'
import { engineNote, keepEngineNote } from '../../src/storage/settings'
import type { WasmRecord } from '../../src/domain/registry/records'
import type { EngineHost, EngineThread, ThreadSupport } from '../engine/contract'
import { requestGpu } from '../engine/gpu'
import type { ThreadStart } from '../engine/wasm/thread'
import { SessionError } from './serve'

/** The bytes of numbers as this machine lays them out; every machine with WebAssembly is little-endian. */
export function bytesOf(numbers: Float32Array): Uint8Array<ArrayBuffer> {
  return owned(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
}

/** Numbers from bytes; a copy, so that they start on a whole number. */
export function floatsOf(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  return new Float32Array(bytes.slice().buffer)
}

/** The engine's host in a browser's worker. */
export function browserHost(): EngineHost {
  return {
    loadKernels,
    digest,
    now: () => performance.now(),
    breathe: createBreath(),
    threads: threadSupport(),
    // Absent where WebGPU is, whatever the types say.
    memory: { read: engineNote, write: keepEngineNote },
    requestGpu: () => requestGpu((navigator as { readonly gpu?: GPU }).gpu),
  }
}

function threadSupport(): ThreadSupport {
  if (!crossOriginIsolated)
    return {
      kind: 'none',
      reason: 'this page is not cross-origin isolated, so its threads cannot share memory',
    }
  return { kind: 'threads', processors: navigator.hardwareConcurrency, spawn: spawnThread }
}

/** A nested worker. A page's policy on scripts holds in it, too: see script-policy.ts. */
function spawnThread(start: ThreadStart, lost: (reason: string) => void): EngineThread {
  const worker = new Worker(new URL('../thread.worker.ts', import.meta.url), { type: 'module' })
  worker.onerror = (event) => {
    event.preventDefault()
    lost(event.message || 'a thread could not be loaded')
  }
  const ready = new Promise<void>((resolve) => {
    worker.onmessage = () => resolve()
  })
  worker.postMessage(start)
  return { ready, end: () => worker.terminate() }
}

/** Written out one by one: the build finds the files by these very expressions. */
const KERNELS = {
  simd: new URL('../engine/wasm/kernels.simd.wasm', import.meta.url),
  'relaxed-simd': new URL('../engine/wasm/kernels.relaxed-simd.wasm', import.meta.url),
}

async function loadKernels(build: WasmRecord['build']): Promise<WebAssembly.Module> {
  let response: Response
  try {
    response = await fetch(KERNELS[build])
  } catch {
    throw new SessionError(
      'unreachable',
      `The engine's file ${KERNELS[build].pathname} could not be loaded. Check the connection and reload the page.`,
    )
  }
  return WebAssembly.compileStreaming(response)
}

/** One turn of the event loop, without the 4 ms that timers wait. */
function createBreath(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  port1.onmessage = () => waiting.shift()?.()
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      port2.postMessage(null)
    })
}
