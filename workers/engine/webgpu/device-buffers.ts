/** The engine's memory on the device: made once, given up at the end. */
import { OutOfMemoryError } from '../contract'

export interface DeviceBuffers {
  /** @throws Error when no buffer has this name */
  get(name: string): GPUBuffer
  readonly bytes: number
  destroy(): void
}

/** What is said when memory is short: the model, its batch and what would have been needed. */
export interface MemoryPurpose {
  readonly model: string
  readonly batch: number
}

/**
 * Refuses what a device can never bind, before anything is compiled for it.
 * @throws OutOfMemoryError when a buffer is larger than the device binds
 */
export function requireSizes(
  device: GPUDevice,
  sizes: ReadonlyMap<string, number>,
  purpose: MemoryPurpose,
): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits
  const most = Math.min(maxStorageBufferBindingSize, maxBufferSize)
  for (const [name, size] of sizes)
    if (size > most)
      throw new OutOfMemoryError(
        `${purpose.model} with a batch of ${purpose.batch} needs ${size} bytes in one piece (${name}), this GPU binds ${most}: choose a smaller batch`,
      )
}

/**
 * Makes all buffers of a plan, every one for storage, copies in and copies out.
 * @throws OutOfMemoryError when they are more than the device has
 */
export async function makeBuffers(
  device: GPUDevice,
  sizes: ReadonlyMap<string, number>,
  purpose: MemoryPurpose,
): Promise<DeviceBuffers> {
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC
  const made = new Map<string, GPUBuffer>()
  function destroy(): void {
    for (const buffer of made.values()) buffer.destroy()
  }
  await withMemory(device, { ...purpose, bytes }, () => {
    for (const [label, size] of sizes)
      made.set(label, device.createBuffer({ label, size: roundedUp(Math.max(size, 16)), usage }))
  }).catch((error: unknown) => {
    destroy()
    throw error
  })
  return {
    get(name) {
      const buffer = made.get(name)
      if (buffer === undefined) throw new Error(`the engine has no buffer "${name}"`)
      return buffer
    },
    bytes,
    destroy,
  }
}

/**
 * Does something that takes memory of the device.
 * @throws OutOfMemoryError naming what it was for when there is not enough
 */
export async function withMemory<T>(
  device: GPUDevice,
  { model, batch, bytes }: MemoryPurpose & { readonly bytes: number },
  act: () => T,
): Promise<T> {
  device.pushErrorScope('out-of-memory')
  let result: T
  try {
    result = act()
  } catch (cause) {
    await device.popErrorScope()
    if (cause instanceof RangeError) throw shortage(cause.message, cause)
    throw cause
  }
  const error = await device.popErrorScope()
  if (error !== null) throw shortage(error.message, error)
  return result

  function shortage(reason: string, cause: unknown): OutOfMemoryError {
    return new OutOfMemoryError(
      `${model} with a batch of ${batch} needs ${bytes} bytes on the GPU, which has not as many (${reason}): choose a smaller batch`,
      { cause },
    )
  }
}

function roundedUp(bytes: number): number {
  return Math.ceil(bytes / 16) * 16
}
