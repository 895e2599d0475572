import { epochMillis } from '../src/domain/ids'
import type { ReplayCommand, ReplayMessage } from '../src/protocol/replay'
import type { TrainCommand, TrainMessage } from '../src/protocol/train'
import { onStorageNotice } from '../src/storage/notices'
import { holdRun } from '../src/storage/run-locks'
import { browserHost } from './sessions/browser-host'
import { platformInWords } from './sessions/platform'
import { allowOwnScripts } from './sessions/script-policy'
import type { TrainHost } from './sessions/prepare-run'
import { replaySession } from './sessions/replay-session'
import { serve } from './sessions/serve'
import { trainSession } from './sessions/train-session'

/** The version in package.json, put in by the build. */
declare const __APP_VERSION__: string
declare const self: DedicatedWorkerGlobalScope

allowOwnScripts(self)

const host: TrainHost = {
  engine: browserHost(),
  clock: () => epochMillis(Date.now()),
  randomBytes: () => crypto.getRandomValues(new Uint8Array(16)),
  hold: holdRun,
  appVersion: __APP_VERSION__,
  platform: platformInWords(navigator),
}
const training = trainSession(host)
const replaying = replaySession(host)

// A newer build owns the data now: what can still be kept is the last checkpoint.
onStorageNotice((notice) => {
  if (notice !== 'blocked') training.stop()
})

// A replay is a training whose outcome is compared instead of kept; one worker does one of them.
serve<TrainCommand | ReplayCommand, TrainMessage | ReplayMessage>(self, {
  handle: (command, post) =>
    command.kind === 'replay' ? replaying.handle(command, post) : training.handle(command, post),
  failed: (error, command) =>
    command.kind === 'replay' ? replaying.failed(error, command) : training.failed(error, command),
})
