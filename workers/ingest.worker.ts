import { epochMillis } from '../src/domain/ids'
import { ingestSession } from './sessions/ingest-session'
import { serve } from './sessions/serve'

declare const self: DedicatedWorkerGlobalScope

const session = ingestSession({
  clock: () => epochMillis(Date.now()),
  now: () => performance.now(),
  fetch: (url, init) => fetch(url, init),
  site: `${self.location.origin}/`,
  // As many as MNIST has, and the same ones as the headless studio's.
  standIn: { seed: 42, train: 60_000, test: 10_000 },
})

serve(self, session)
