import { isSoftwareAdapter } from '../domain/registry/engine'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'

/** The GPU that the browser offers, or why it offers none, in words. */
type GpuFacts =
  | {
      readonly kind: 'adapter'
      /** For people, for example "nvidia ampere". */
      readonly name: string
      /** An adapter that computes on the CPU: no gain over the studio's own CPU engine. */
      readonly software: boolean
      /** 16-bit numbers in shaders, which mixed precision needs. */
      readonly shaderF16: boolean
    }
  | { readonly kind: 'none'; readonly reason: string }

interface StorageShare {
  /** The browser promised not to clear it by itself. */
  readonly persisted: boolean
  readonly usedBytes: number
}

/** What this machine and this page offer. `undefined` parts are still being asked for; `null`: the browser does not say. */
export interface DeviceFacts {
  /** Shared memory, and with it threads, needs this. */
  readonly crossOriginIsolated: boolean
  readonly simd: boolean
  readonly relaxedSimd: boolean
  readonly logicalCores: number
  /** The browser knows WebGL 2; what it computes with is seen when it is used. */
  readonly webgl: boolean
  readonly gpu: GpuFacts | undefined
  readonly storage: StorageShare | null | undefined
}

// Each module is one function that leaves a 128-bit vector: i8x16.splat of 0, then i8x16.popcnt …
const SIMD_MODULE = wasmFunction([0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x62])
// … and i8x16.relaxed_swizzle of two splats.
const RELAXED_SIMD_MODULE = wasmFunction([0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x80, 0x02])

const store = createStore<DeviceFacts>(() => ({
  crossOriginIsolated: globalThis.crossOriginIsolated,
  simd: WebAssembly.validate(SIMD_MODULE),
  relaxedSimd: WebAssembly.validate(RELAXED_SIMD_MODULE),
  logicalCores: navigator.hardwareConcurrency,
  webgl: 'WebGL2RenderingContext' in globalThis,
  gpu: undefined,
  storage: undefined,
}))

let asked = false

/** Asks the browser what takes a moment to answer, once; call it at boot. */
export function probeDevice(): void {
  if (asked) return
  asked = true
  void probeGpu().then((gpu) => store.setState({ gpu }))
  void refreshStorageShare()
}

/** Asks again how much is stored. */
export async function refreshStorageShare(): Promise<void> {
  store.setState({ storage: await probeStorage() })
}

/** Asks the browser to keep the data until a person clears them; answers whether it will. */
export async function keepStorage(): Promise<boolean> {
  try {
    return await navigator.storage.persist()
  } catch {
    return false
  } finally {
    await refreshStorageShare()
  }
}

/** Selects from what the machine offers. */
export function useDevice<Selected>(selector: (facts: DeviceFacts) => Selected): Selected {
  return useStore(store, selector)
}

/** The part of WebGPU that is asked here: the page's types do not hold the rest. */
interface GpuLike {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<{
    readonly isFallbackAdapter?: boolean
    readonly features: ReadonlySet<string>
    readonly info: {
      readonly vendor: string
      readonly architecture: string
      readonly description: string
      readonly isFallbackAdapter?: boolean
    }
  } | null>
}

export async function probeGpu(): Promise<GpuFacts> {
  const { gpu } = navigator as { readonly gpu?: GpuLike }
  if (!gpu) return { kind: 'none', reason: 'this browser has no WebGPU' }
  try {
    // As the engine asks (workers/engine/gpu.ts): on machines with two GPUs both must mean the same one.
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) return { kind: 'none', reason: 'WebGPU gives no adapter on this machine' }
    const { vendor, architecture, description, isFallbackAdapter } = adapter.info
    const name = [vendor, architecture, description].filter((part) => part !== '').join(' ')
    const marked = isFallbackAdapter === true || adapter.isFallbackAdapter === true
    const software = isSoftwareAdapter(name, marked)
    return {
      kind: 'adapter',
      name: name === '' ? 'unnamed adapter' : name,
      software,
      shaderF16: adapter.features.has('shader-f16'),
    }
  } catch (error) {
    return {
      kind: 'none',
      reason: `WebGPU failed: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

async function probeStorage(): Promise<StorageShare | null> {
  try {
    const [persisted, estimate] = await Promise.all([
      navigator.storage.persisted(),
      navigator.storage.estimate(),
    ])
    return { persisted, usedBytes: estimate.usage ?? 0 }
  } catch {
    return null
  }
}

/** A module whose only function returns the vector that the instructions leave on the stack. */
function wasmFunction(instructions: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = [0x00, ...instructions, 0x0b]
  const type = [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b]
  const code = [0x0a, body.length + 2, 0x01, body.length, ...body]
  return new Uint8Array([
    0x00,
    0x61,
    0x73,
    0x6d,
    0x01,
    0x00,
    0x00,
    0x00,
    ...type,
    0x03,
    0x02,
    0x01,
    0x00,
    ...code,
  ])
}
