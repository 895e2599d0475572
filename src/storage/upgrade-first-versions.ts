import type { Transaction } from 'dexie'

/** The parts of a version and of a decision of the first two schemas that change. */
interface FirstVersion {
  runId?: string
  spec?: object
}

/** The third schema's view: versions that no run here made can stand beside the others, and people say more about runs. */
export async function upgradeFirstVersions(transaction: Transaction): Promise<void> {
  await transaction
    .table<FirstVersion>('versions')
    .toCollection()
    .modify((version) => {
      const { runId, spec } = version
      delete version.runId
      delete version.spec
      Object.assign(version, {
        origin: { kind: 'run', runId },
        network: { kind: 'spec', spec },
        goldenSha256: null,
        baseline: null,
        parent: null,
      })
    })
  await transaction
    .table<object>('runDecisions')
    .toCollection()
    .modify((decision) => {
      Object.assign(decision, { archivedAt: null, note: '', tags: {} })
    })
}
