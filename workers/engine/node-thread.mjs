// A thread of the engine in Node: the same TypeScript as everywhere, read through tsx.
import { parentPort, workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
const { serveThread } = await import('./wasm/thread.ts')
await serveThread(workerData, () => parentPort?.postMessage('ready'))
