import type { TrainParams } from '../../../src/domain/params/schema'
import type { EngineRecord, WasmRecord } from '../../../src/domain/registry/records'
import type { EngineHost } from '../contract'
import { describeConvolutions } from '../convolutions'
import type { Plan } from '../plan'
import type { ThreadChoice } from './threads'

export type Build = WasmRecord['build']

/** What can be said about an engine. */
export interface WasmOptions {
  /** Which kernels; `auto`, which holds if nothing is said, takes relaxed SIMD where the host has it. */
  readonly build?: Build | 'auto'
  /** 0, which holds if nothing is said: as many as the machine runs at once. */
  readonly threads?: number
  /** How to convolve; `auto`, which holds if nothing is said, follows the plan's cost model. */
  readonly convolution?: TrainParams['convolution']
}

/** The kernels and which build they are. */
export interface LoadedKernels {
  readonly module: WebAssembly.Module
  readonly build: Build
}

/**
 * Loads the kernels: the relaxed build where the host compiles it, else the plain one; or the one that is asked for.
 * Both hosts of one machine choose alike, so that page and Node give the same bits.
 * @throws WebAssembly.CompileError when a build that is asked for does not compile here; whatever the host throws on loading
 */
export async function loadKernels(host: EngineHost, wanted: Build | 'auto'): Promise<LoadedKernels> {
  if (wanted !== 'auto') return { module: await host.loadKernels(wanted), build: wanted }
  try {
    return { module: await host.loadKernels('relaxed-simd'), build: 'relaxed-simd' }
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error
    return { module: await host.loadKernels('simd'), build: 'simd' }
  }
}

/** The record of an engine over these kernels. */
export function engineRecord(
  { build }: LoadedKernels,
  wanted: Build | 'auto',
  { threads, reason }: ThreadChoice,
  { convolutions }: Pick<Plan, 'convolutions'>,
): EngineRecord {
  const chosen =
    wanted === 'auto'
      ? build === 'relaxed-simd'
        ? 'WebAssembly with relaxed SIMD, which this host compiles'
        : 'WebAssembly with plain SIMD: this host does not compile relaxed SIMD'
      : `WebAssembly, the ${build} build was asked for`
  return {
    kind: 'wasm',
    build,
    threads,
    convolutions: describeConvolutions(convolutions),
    device: `CPU · ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    reason: reason === null ? chosen : `${chosen}; ${reason}`,
  }
}
