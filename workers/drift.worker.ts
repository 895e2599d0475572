import { browserHost } from './sessions/browser-host'
import { driftSession } from './sessions/drift-session'
import { serve } from './sessions/serve'

declare const self: DedicatedWorkerGlobalScope

serve(self, driftSession(browserHost()))
