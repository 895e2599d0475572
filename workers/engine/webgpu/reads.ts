/** Reading back from the device through buffers that can be mapped; they are used again. */
import type { DeviceWatch } from './watch'

export interface WantedBytes {
  readonly buffer: GPUBuffer
  /** Both multiples of 4. */
  readonly offset: number
  readonly bytes: number
}

export interface StagedReads {
  /** Encodes copies of what is wanted; `read` waits for them after the submit. */
  copied(encoder: GPUCommandEncoder, wanted: readonly WantedBytes[]): { read(): Promise<Float32Array[]> }
  destroy(): void
}

export function stagedReads(device: GPUDevice, watch: DeviceWatch): StagedReads {
  const idle: GPUBuffer[] = []
  const all = new Set<GPUBuffer>()

  function staging(bytes: number): GPUBuffer {
    const at = idle.findIndex(({ size }) => size >= bytes && size <= 4 * bytes + 4096)
    const [found] = at === -1 ? [] : idle.splice(at, 1)
    if (found !== undefined) return found
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
    const made = device.createBuffer({ label: 'read back', size: bytes, usage })
    all.add(made)
    return made
  }

  return {
    copied(encoder, wanted) {
      const bytes = wanted.reduce((sum, one) => sum + one.bytes, 0)
      const target = staging(bytes)
      let at = 0
      for (const one of wanted) {
        encoder.copyBufferToBuffer(one.buffer, one.offset, target, at, one.bytes)
        at += one.bytes
      }
      return {
        async read() {
          await watch.wait(target.mapAsync(GPUMapMode.READ, 0, bytes))
          const mapped = target.getMappedRange(0, bytes)
          let start = 0
          const values = wanted.map((one) => {
            const part = new Float32Array(mapped, start, one.bytes / 4).slice()
            start += one.bytes
            return part
          })
          target.unmap()
          idle.push(target)
          return values
        },
      }
    },
    destroy() {
      for (const buffer of all) buffer.destroy()
    },
  }
}
