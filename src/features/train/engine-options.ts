import type { TrainParams } from '../../domain/params/schema'
import type { DeviceFacts } from '../../stores/device'

type Engine = TrainParams['engine']

/** One engine, and whether it can be had here. */
export interface EngineOption {
  readonly value: Engine
  /** With what it would compute on, or why it cannot be had: it stands in a select. */
  readonly label: string
  readonly disabled: boolean
}

const NAMES: Readonly<Record<Engine, string>> = {
  auto: 'Auto',
  wasm: 'Processor',
  webgpu: 'WebGPU',
  'tfjs-webgpu': 'TensorFlow.js WebGPU',
  'tfjs-webgl': 'TensorFlow.js WebGL',
  'tfjs-cpu': 'TensorFlow.js CPU',
}

const ENGINES: readonly Engine[] = ['auto', 'wasm', 'webgpu', 'tfjs-webgpu', 'tfjs-webgl', 'tfjs-cpu']

/** The schema's engines as options of a select. */
export function engineOptions(facts: DeviceFacts): readonly EngineOption[] {
  return ENGINES.map((value) => {
    const { note, disabled } = availability(value, facts)
    return { value, label: `${NAMES[value]} · ${note}`, disabled }
  })
}

function availability(engine: Engine, facts: DeviceFacts): { note: string; disabled: boolean } {
  switch (engine) {
    case 'auto':
      return { note: facts.gpu === undefined ? 'asking the browser' : autoNote(facts), disabled: false }
    case 'wasm':
      return facts.simd
        ? { note: processorNote(facts), disabled: false }
        : { note: 'not here: this browser has no WebAssembly SIMD', disabled: true }
    case 'webgpu':
    case 'tfjs-webgpu':
      return gpuAvailability(facts)
    case 'tfjs-webgl':
      return facts.webgl
        ? { note: 'for comparison', disabled: false }
        : { note: 'not here: this browser has no WebGL 2', disabled: true }
    case 'tfjs-cpu':
      return { note: 'for comparison, slow', disabled: false }
  }
}

function gpuAvailability({ gpu }: DeviceFacts): { note: string; disabled: boolean } {
  if (gpu === undefined) return { note: 'asking the browser', disabled: false }
  if (gpu.kind === 'none') return { note: `not here: ${gpu.reason}`, disabled: true }
  return { note: gpu.software ? `${gpu.name}, software and slow` : gpu.name, disabled: false }
}

/** `auto` takes a real GPU, else the processor. */
function autoNote(facts: DeviceFacts): string {
  const { gpu } = facts
  if (gpu?.kind === 'adapter' && !gpu.software) return `WebGPU on ${gpu.name}`
  return `processor, ${processorNote(facts)}`
}

function processorNote({ crossOriginIsolated, logicalCores }: DeviceFacts): string {
  if (!crossOriginIsolated) return '1 thread: the page is not cross-origin isolated'
  return `${logicalCores} thread${logicalCores === 1 ? '' : 's'}`
}

/** Why mixed precision would change nothing with this engine; null where it can be had. */
export function mixedPrecisionMissing(engine: string, { gpu }: DeviceFacts): string | null {
  if (engine !== 'auto' && engine !== 'webgpu') return 'Only the WebGPU engine stores 16 bits'
  if (gpu === undefined) return 'Asking the browser for a GPU'
  if (gpu.kind === 'none') return `Not here: ${gpu.reason}`
  if (engine === 'auto' && gpu.software) return 'Auto takes the processor here, which stores 32 bits'
  if (!gpu.shaderF16) return 'Not here: this GPU has no 16-bit shaders (shader-f16)'
  return null
}
