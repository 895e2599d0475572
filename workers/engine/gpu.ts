import { isSoftwareAdapter } from '../../src/domain/registry/engine'
import type { GpuSupport } from './contract'

/**
 * Asks for a device with every feature and limit that the adapter has.
 *
 * @param gpu `navigator.gpu`, or what stands in for it; undefined where there is none
 */
export async function requestGpu(gpu: GPU | undefined): Promise<GpuSupport> {
  if (gpu === undefined) return { kind: 'none', reason: 'this host has no WebGPU' }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) return { kind: 'none', reason: 'WebGPU gives no adapter on this machine' }
  try {
    const device = await adapter.requestDevice({
      requiredFeatures: [...adapter.features].filter((name) => WANTED.has(name)) as GPUFeatureName[],
      requiredLimits: limitsOf(adapter),
    })
    return { kind: 'gpu', device, info: adapter.info, software: isSoftwareInfo(adapter.info) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { kind: 'none', reason: `WebGPU gives no device: ${why}` }
  }
}

const WANTED: ReadonlySet<string> = new Set(['timestamp-query', 'shader-f16', 'subgroups'])

function limitsOf({ limits }: GPUAdapter): Record<string, number> {
  return {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
  }
}

function isSoftwareInfo(info: GPUAdapterInfo): boolean {
  const name = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`
  return isSoftwareAdapter(name, info.isFallbackAdapter)
}
