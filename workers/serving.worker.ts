import { browserHost } from './sessions/browser-host'
import { serve } from './sessions/serve'
import { servingSession } from './sessions/serving-session'

declare const self: DedicatedWorkerGlobalScope
/** Put in by the build. */
declare const __APP_VERSION__: string

serve(
  self,
  servingSession({
    engine: browserHost(),
    appVersion: __APP_VERSION__,
    clock: () => Date.now(),
    later: (act, milliseconds) => void setTimeout(act, milliseconds),
  }),
)
