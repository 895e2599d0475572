import type { BundleCommand, BundleMessage } from '../../src/protocol/bundle'
import type { Hello } from '../../src/protocol/version'
import { exportVersion } from './bundle-export'
import type { BundleSessionHost } from './bundle-host'
import { importBundle } from './bundle-import'
import { importLayersModel } from './layers-model-import'
import type { Session } from './serve'

type Command = Exclude<BundleCommand, Hello>
type Message = Exclude<BundleMessage, Hello>

/** One export or one import. The page ends the worker after its answer, or before it where it takes too long. */
export function bundleSession(host: BundleSessionHost): Session<Command, Message> {
  return {
    async handle(command, post) {
      function report(label: string): void {
        post({ kind: 'bundle-progress', label })
      }
      switch (command.kind) {
        case 'export': {
          const message = await exportVersion(command.versionId, host, report)
          return post(message, [message.bytes])
        }
        case 'import-bundle':
          return post({ kind: 'imported', report: await importBundle(command, host, report) })
        case 'import-layers-model':
          return post({ kind: 'imported', report: await importLayersModel(command, host, report) })
      }
    },
    failed: (error) => ({ kind: 'bundle-failed', error }),
  }
}
