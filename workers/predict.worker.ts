import { browserHost } from './sessions/browser-host'
import { predictSession } from './sessions/predict-session'
import { serve } from './sessions/serve'

declare const self: DedicatedWorkerGlobalScope

serve(self, predictSession(browserHost()))
