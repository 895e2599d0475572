import { browserHost } from './sessions/browser-host'
import { decodePicture } from './sessions/decode-picture'
import { predictSession } from './sessions/predict-session'
import { serve } from './sessions/serve'

declare const self: DedicatedWorkerGlobalScope

serve(self, predictSession(browserHost(), decodePicture))
