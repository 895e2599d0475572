import * as tf from '@tensorflow/tfjs'
import { EngineLostError, OutOfMemoryError, type EngineHost } from '../contract'
import { openDevice, type BackendName, type Device } from './devices'

/** One of tfjs's backends, opened. tfjs is one for the whole program and computes on one backend at a time. */
export interface Backend {
  readonly name: BackendName
  /** For people. */
  readonly device: string
  /** No GPU, or one made of software: a step is long. */
  readonly slow: boolean
  /**
   * Does something with tensors, at once, and reads its result, later; of the tensors made on the way only those kept stay. Results
   * of several calls come in their order.
   * @throws EngineLostError when the GPU is gone; OutOfMemoryError when memory is too small
   */
  compute(work: () => tf.Tensor): Promise<Float32Array>
  /** Does something with tensors that are its own business. */
  inside<Result>(work: () => Result): Result
  /** Bytes of all tensors in the program. */
  memoryBytes(): number
  /** The last user's closing ends the device, too. */
  close(): void
}

interface Shared {
  readonly device: Promise<Device>
  users: number
  /** Found lost: whoever comes gets another one. */
  lost: boolean
}

/** tfjs knows a backend by its name alone, so that all who open one share it. */
const open = new Map<BackendName, Shared>()

/** @throws EngineUnavailableError when the backend cannot be had here */
export async function openBackend(name: BackendName, host: Pick<EngineHost, 'requestGpu'>): Promise<Backend> {
  const present = open.get(name)
  const shared =
    present === undefined || present.lost
      ? { device: openDevice(name, host), users: 0, lost: false }
      : present
  open.set(name, shared)
  shared.users++
  try {
    const device = await shared.device
    return backendOn(name, device, shared, () => leave(name, shared))
  } catch (error) {
    leave(name, shared)
    throw error
  }
}

/** Whether the last one left. */
function leave(name: BackendName, shared: Shared): boolean {
  shared.users--
  if (shared.users > 0) return false
  if (open.get(name) === shared) open.delete(name)
  return true
}

function backendOn(name: BackendName, device: Device, shared: Shared, leaves: () => boolean): Backend {
  function switchHere(): void {
    device.require()
    // One that is open is switched to at once; the promise is for those that are not.
    if (tf.getBackend() !== name) void tf.setBackend(name)
  }

  return {
    name,
    device: device.description,
    slow: device.slow,
    async compute(work) {
      try {
        switchHere()
        const heard = device.listen()
        const [values] = await Promise.all([read(work, device), heard()])
        // WebGL reads zeros from a context that is gone.
        device.require()
        return values
      } catch (error) {
        if (error instanceof EngineLostError) shared.lost = true
        throw explained(error)
      }
    },
    inside(work) {
      switchHere()
      return work()
    },
    memoryBytes: () => tf.engine().state.numBytes,
    close() {
      if (leaves()) device.destroy()
    },
  }
}

async function read(work: () => tf.Tensor, device: Device): Promise<Float32Array> {
  const result = tf.tidy(work)
  try {
    // A copy: on the cpu backend these are the tensor's own values.
    return Float32Array.from(await device.wait(result.data<'float32'>()))
  } finally {
    result.dispose()
  }
}

function explained(error: unknown): unknown {
  if (error instanceof RangeError && /allocation failed|invalid array length/i.test(error.message))
    return new OutOfMemoryError('memory is too small for this model and batch: take a smaller batch', {
      cause: error,
    })
  return error
}
