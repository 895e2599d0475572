/** How often the GPU was asked for something since the counting began. */
export interface GpuCalls {
  /** Compute dispatches and WebGL draws. */
  readonly dispatches: number
  readonly submits: number
}

export interface GpuCallCounter {
  readonly read: () => GpuCalls
  /** What was asked since an earlier reading. */
  readonly since: (earlier: GpuCalls) => GpuCalls
  /** Takes the counting away again. */
  readonly stop: () => void
}

type Method = (this: unknown, ...values: unknown[]) => unknown

const COUNTED: readonly { type: string; method: string; as: keyof GpuCalls }[] = [
  { type: 'GPUComputePassEncoder', method: 'dispatchWorkgroups', as: 'dispatches' },
  { type: 'GPUComputePassEncoder', method: 'dispatchWorkgroupsIndirect', as: 'dispatches' },
  { type: 'WebGL2RenderingContext', method: 'drawArrays', as: 'dispatches' },
  { type: 'WebGL2RenderingContext', method: 'drawElements', as: 'dispatches' },
  { type: 'GPUQueue', method: 'submit', as: 'submits' },
]

/**
 * Counts what any library of this thread asks of the GPU, by standing before the browser's own methods until `stop`.
 * A call costs some nanoseconds more meanwhile.
 */
export function countGpuCalls(): GpuCallCounter {
  const counts = { dispatches: 0, submits: 0 }
  const undo: (() => void)[] = []
  for (const { type, method, as } of COUNTED) {
    const methods = methodsOf(type)
    const original = methods?.[method]
    if (methods === null || original === undefined) continue
    methods[method] = function counted(...values) {
      counts[as]++
      return Reflect.apply(original, this, values)
    }
    undo.push(() => {
      methods[method] = original
    })
  }
  return {
    read: () => ({ ...counts }),
    since: ({ dispatches, submits }) => ({
      dispatches: counts.dispatches - dispatches,
      submits: counts.submits - submits,
    }),
    stop: () => undo.forEach((put) => put()),
  }
}

/** The methods of a class of this host, or null where it has none of that name. */
function methodsOf(type: string): Record<string, Method> | null {
  const found: unknown = Reflect.get(globalThis, type)
  return typeof found === 'function' ? (found.prototype as Record<string, Method>) : null
}
