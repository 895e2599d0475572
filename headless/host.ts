import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { parseSha256, type Sha256 } from '../src/domain/ids'
import type { EngineHost } from '../workers/engine/contract'

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
  }
}
