/** Entry: measures one task in a worker of the browser and answers with the result, or with why there is none. */
import type { BenchAnswer, BenchTask } from './engine/bench'
import { measure } from './engine/bench'
import { browserHost } from './sessions/browser-host'
import { allowOwnScripts } from './sessions/script-policy'

declare const self: DedicatedWorkerGlobalScope

allowOwnScripts(self)

self.onmessage = ({ data }: MessageEvent<BenchTask>) => {
  measure(data, browserHost(), browserName()).then(
    (result) => self.postMessage({ kind: 'measured', result } satisfies BenchAnswer),
    (error: unknown) =>
      self.postMessage({
        kind: 'failed',
        message: error instanceof Error ? error.message : String(error),
      } satisfies BenchAnswer),
  )
}

/** "Chromium 156" from the user agent, which every Chromium writes as Chrome/156.0.0.0. */
function browserName(): string {
  const version = /Chrome\/(\d+)/.exec(navigator.userAgent)?.[1]
  return version === undefined ? navigator.userAgent : `Chromium ${version}`
}
