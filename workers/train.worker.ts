import { epochMillis } from '../src/domain/ids'
import { onStorageNotice } from '../src/storage/notices'
import { holdRun } from '../src/storage/run-locks'
import { browserHost } from './sessions/browser-host'
import { platformInWords } from './sessions/platform'
import { allowOwnScripts } from './sessions/script-policy'
import { serve } from './sessions/serve'
import { trainSession } from './sessions/train-session'

/** The version in package.json, put in by the build. */
declare const __APP_VERSION__: string
declare const self: DedicatedWorkerGlobalScope

allowOwnScripts(self)

const session = trainSession({
  engine: browserHost(),
  clock: () => epochMillis(Date.now()),
  randomBytes: () => crypto.getRandomValues(new Uint8Array(16)),
  hold: holdRun,
  appVersion: __APP_VERSION__,
  platform: platformInWords(navigator),
})

// A newer build owns the data now: what can still be kept is the last checkpoint.
onStorageNotice((notice) => {
  if (notice !== 'blocked') session.stop()
})

serve(self, session)
