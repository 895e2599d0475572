/** Plays a machine with little memory: WebAssembly memories of more than so many bytes cannot be had while the body runs. */
export async function withMemoryFor<Result>(bytes: number, body: () => Promise<Result>): Promise<Result> {
  const whole = WebAssembly.Memory
  WebAssembly.Memory = class extends whole {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (descriptor.initial * 65536 > bytes) throw new RangeError('could not allocate memory')
      super(descriptor)
    }
  }
  try {
    return await body()
  } finally {
    WebAssembly.Memory = whole
  }
}
