/** Waiting for a device that may be lost or hang. */
import { EngineLostError } from '../contract'

/** Calls `then` after some milliseconds; the result calls it off. */
export type Timer = (milliseconds: number, then: () => void) => () => void

export interface DeviceWatch {
  /** @throws EngineLostError when the device is gone */
  require(): void
  /**
   * Waits for something the device does, in the order of the calls. Its time begins when what was waited for before is done.
   * @throws EngineLostError when the device is lost meanwhile, or does nothing for too long
   */
  wait<T>(work: Promise<T>): Promise<T>
  /** From here on a loss is expected. */
  end(): void
}

export function watchDevice(device: GPUDevice, limit: number, timer: Timer): DeviceWatch {
  let gone: EngineLostError | null = null
  let ended = false
  const waiting = new Set<(error: EngineLostError) => void>()
  let before: Promise<unknown> = Promise.resolve()

  function lose(error: EngineLostError): void {
    gone ??= error
    for (const reject of waiting) reject(gone)
    waiting.clear()
  }
  void device.lost.then(({ reason, message }) => {
    if (!ended) lose(new EngineLostError('lost', `the GPU is gone (${reason}): ${message}`))
  })

  function watched<T>(work: Promise<T>, previous: Promise<unknown>): Promise<T> {
    return new Promise((resolve, reject) => {
      let settled = false
      let callOff: (() => void) | null = null
      function settle(act: () => void): void {
        settled = true
        callOff?.()
        waiting.delete(reject)
        act()
      }
      waiting.add(reject)
      const begin = (): void => {
        if (settled || gone !== null) return
        callOff = timer(limit, () =>
          lose(new EngineLostError('hung', `the GPU did not answer within ${limit / 1000} s`)),
        )
      }
      previous.then(begin, begin)
      work.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) =>
          // A loss aborts what was asked for; its reason comes a moment later.
          settle(() => reject(ended ? error : (gone ?? lostBecause(error)))),
      )
    })
  }

  function lostBecause(error: unknown): EngineLostError {
    const message = error instanceof Error ? error.message : String(error)
    return new EngineLostError('lost', `the GPU gave up: ${message}`)
  }

  return {
    require() {
      if (gone !== null) throw gone
    },
    wait(work) {
      if (gone !== null) return Promise.reject(gone)
      const result = watched(work, before)
      before = result
      return result
    },
    end() {
      ended = true
    },
  }
}
