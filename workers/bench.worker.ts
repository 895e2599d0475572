/** Entry: measures engines side by side in a worker of the browser. */
import { engineContenders } from './engine/bench/engines'
import { benchSession } from './sessions/bench-session'
import { browserHost } from './sessions/browser-host'
import { platformInWords } from './sessions/platform'
import { allowOwnScripts } from './sessions/script-policy'
import { serve } from './sessions/serve'

declare const self: DedicatedWorkerGlobalScope

allowOwnScripts(self)

const host = browserHost()

serve(
  self,
  benchSession((task) => Promise.resolve(engineContenders(task, host)), host, platformInWords(navigator)),
)
