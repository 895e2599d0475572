import { browserHost } from './sessions/browser-host'
import { evaluateSession } from './sessions/evaluate-session'
import { allowOwnScripts } from './sessions/script-policy'
import { serve } from './sessions/serve'

declare const self: DedicatedWorkerGlobalScope

allowOwnScripts(self)

serve(self, evaluateSession(browserHost()))
