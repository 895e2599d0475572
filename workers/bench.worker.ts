/** Entry: measures engines side by side in a worker of the browser. */
import { benchSession } from './sessions/bench-session'
import { browserHost } from './sessions/browser-host'
import { platformInWords } from './sessions/platform'
import { allowOwnScripts } from './sessions/script-policy'
import { serve } from './sessions/serve'

declare const self: DedicatedWorkerGlobalScope

allowOwnScripts(self)
serve(self, benchSession(browserHost(), platformInWords(navigator)))
