/** What runs in each further thread of the engine, in a nested worker of the page or in a worker thread of Node. */
import { reportFailure, serve } from './crew'
import type { Program } from './program'
import { bindProgram } from './program'

/** What a thread is given, as a message. */
export interface ThreadStart {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly program: Program
  /** Where the crew's words lie in the memory. */
  readonly words: { readonly offset: number; readonly length: number }
  /** From 1 on: 0 is the thread that gives the jobs. */
  readonly thread: number
}

/**
 * Works until the engine is disposed of.
 *
 * @param ready called once, when the thread can take work
 * @throws whatever goes wrong before that; later faults are told through shared memory as well
 */
export async function serveThread(start: ThreadStart, ready: () => void): Promise<void> {
  const { module, memory, thread } = start
  const words = new Int32Array(memory.buffer, start.words.offset, start.words.length)
  const instance = await WebAssembly.instantiate(module, { env: { memory } })
  const program = bindProgram(start.program, instance.exports)
  ready()
  try {
    serve({ words, thread, program })
  } catch (error) {
    reportFailure(words)
    throw error
  }
}
