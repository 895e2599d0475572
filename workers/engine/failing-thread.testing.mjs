// A thread that takes a unit of work, spoils what it finds there, and fails: for tests.
import { parentPort, workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
const { serveThread } = await import('./wasm/thread.ts')
const [first] = workerData.program.stages.forward
const broken = { name: 'convolve', kernel: null, descriptor: 0x7ffffff0 }
first.work.blocks[0].calls.push(broken)
await serveThread(workerData, () => parentPort?.postMessage('ready'))
