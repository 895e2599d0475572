/** Node as an engine's host, for tests: the kernels that `npm run build:wasm` made. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { parseSha256 } from '../../src/domain/ids'
import type { EngineHost } from './contract'

// Node 20 compiles relaxed SIMD only with this; later versions have it on.
setFlagsFromString('--experimental-wasm-relaxed-simd')

export const nodeHost: EngineHost = {
  loadKernels: async (build) =>
    WebAssembly.compile(await readFile(new URL(`./wasm/kernels.${build}.wasm`, import.meta.url))),
  digest: (bytes) => Promise.resolve(parseSha256(createHash('sha256').update(bytes).digest('hex'))),
  now: () => performance.now(),
  breathe: () => setImmediate(),
}
