import { epochMillis } from '../src/domain/ids'
import { ingestSession } from './sessions/ingest-session'
import { serve } from './sessions/serve'

declare const self: DedicatedWorkerGlobalScope

const session = ingestSession({
  clock: () => epochMillis(Date.now()),
  now: () => performance.now(),
  fetch: (url, init) => fetch(url, init),
  site: `${self.location.origin}/`,
})

serve(self, session)
