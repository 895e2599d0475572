import type { RegistryAction, RegistryEvent } from '../../domain/registry/records'
import { useRegistryChain } from '../../stores/queries'
import { Digest } from '../../ui/digest'
import { formatCounted, formatMoment } from '../../ui/format'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { Table, type Column } from '../../ui/table'
import styles from './models.module.css'

const COLUMNS: readonly Column<RegistryEvent>[] = [
  { id: 'sequence', title: '#', numeric: true, cell: (row) => row.sequence },
  { id: 'at', title: 'When', cell: (row) => formatMoment(row.at) },
  { id: 'action', title: 'What', heading: true, cell: (row) => describe(row.action) },
  { id: 'reason', title: 'Why', cell: (row) => <span className={styles['reason']}>{row.reason}</span> },
  { id: 'hash', title: 'Chained hash', cell: (row) => <Digest value={row.hash} what="Event hash" /> },
]

/** The registry's history, newest first: nothing in it is ever changed. */
export function EventList({ events }: { readonly events: readonly RegistryEvent[] }) {
  return (
    <Panel title="History" note="append-only, each event holds the hash of the one before" flush>
      <ChainStatus />
      <Table
        caption="History of the registry"
        columns={COLUMNS}
        rows={events.toReversed()}
        rowKey={(row) => row.sequence}
      />
    </Panel>
  )
}

/** Whether the whole registry's history is as it was written: checked whenever it is looked at. */
function ChainStatus() {
  const chain = useRegistryChain()
  const broken = chain?.broken ?? null
  return (
    <div className={styles['chain']}>
      {broken !== null ? (
        <Notice tone="failure" title={`The history does not hold from event ${broken.event.sequence} on`}>
          <p>{broken.problem}. What stands before it is intact; what follows cannot be trusted.</p>
        </Notice>
      ) : (
        <span role="status">
          {chain === undefined
            ? 'Checking the chain …'
            : `${formatCounted(chain.events, 'event')} of all models, chain intact`}
        </span>
      )}
    </div>
  )
}

function describe(action: RegistryAction): string {
  switch (action.kind) {
    case 'version-registered':
      return `${action.versionId} registered`
    case 'alias-moved': {
      if (action.to === null) return `${action.alias} taken from ${action.from ?? 'nothing'}`
      return action.from === null
        ? `${action.alias} set to ${action.to}`
        : `${action.alias} moved from ${action.from} to ${action.to}`
    }
    case 'stage-moved':
      return `${action.versionId} moved from stage ${action.from} to ${action.to}`
    case 'version-rehearsed':
      return `${action.versionId} answered ${action.vectors} golden vectors again, at most ${action.largestDifference.toExponential(1)} apart`
    case 'release-decided':
      return `${action.versionId} ${action.decision === 'APPROVE' ? 'approved' : action.overridden ? 'rejected, and let pass by hand' : 'rejected'}`
  }
}
