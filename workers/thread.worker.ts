/** Entry: one more thread of an engine. It works until the engine ends it. */
import { serveThread, type ThreadStart } from './engine/wasm/thread'

declare const self: DedicatedWorkerGlobalScope

self.onmessage = ({ data }: MessageEvent<ThreadStart>) => {
  serveThread(data, () => self.postMessage('ready')).catch((error: unknown) => {
    // As an uncaught error, so that whoever started this thread hears of it.
    reportError(error)
  })
}
