import { epochMillis } from '../src/domain/ids'
import { browserHost } from './sessions/browser-host'
import { bundleSession } from './sessions/bundle-session'
import { allowOwnScripts } from './sessions/script-policy'
import { serve } from './sessions/serve'

/** The version in package.json, put in by the build. */
declare const __APP_VERSION__: string
declare const self: DedicatedWorkerGlobalScope

allowOwnScripts(self)

const engine = browserHost()
serve(self, bundleSession({ engine, clock: () => epochMillis(Date.now()), appVersion: __APP_VERSION__ }))
