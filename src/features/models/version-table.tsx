import { Link } from 'wouter'
import type { VersionId } from '../../domain/ids'
import type { Alias } from '../../domain/registry/records'
import { networkName } from '../../domain/registry/versions'
import { STUDIO_MODEL } from '../../stores/model-name'
import type { ListedVersion } from '../../stores/queries'
import { formatCount, formatLoss, formatMoment, formatPercent, NO_VALUE } from '../../ui/format'
import { Row } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { AliasChip, DamagedChip } from '../../ui/status-chip'
import { Table, type Column } from '../../ui/table'

interface VersionTableProps {
  readonly versions: readonly ListedVersion[]
  readonly aliases: readonly Alias[]
  readonly selected: VersionId
}

/** All versions, newest first. */
export function VersionTable({ versions, aliases, selected }: VersionTableProps) {
  const columns: readonly Column<ListedVersion>[] = [
    {
      id: 'version',
      title: 'Version',
      heading: true,
      cell: (row) => (
        <Row>
          <Link
            href={`/models?version=${row.version}`}
            replace
            aria-current={row.id === selected ? 'true' : undefined}
          >
            Version {row.version}
          </Link>
          {row.damaged && <DamagedChip />}
        </Row>
      ),
    },
    {
      id: 'aliases',
      title: 'Aliases',
      cell: (row) => (
        <Row>
          {aliases
            .filter(({ versionId }) => versionId === row.id)
            .map(({ alias }) => (
              <AliasChip key={alias} alias={alias} />
            ))}
        </Row>
      ),
    },
    {
      id: 'accuracy',
      title: 'Test accuracy',
      numeric: true,
      cell: (row) => (row.evaluation ? formatPercent(row.evaluation.accuracy) : NO_VALUE),
    },
    {
      id: 'loss',
      title: 'Test loss',
      numeric: true,
      cell: (row) => (row.evaluation ? formatLoss(row.evaluation.loss) : NO_VALUE),
    },
    { id: 'parameters', title: 'Parameters', numeric: true, cell: (row) => formatCount(row.parameterCount) },
    { id: 'preset', title: 'Preset', cell: (row) => networkName(row.network) },
    { id: 'dataset', title: 'Dataset', cell: (row) => row.dataset?.name ?? NO_VALUE },
    { id: 'created', title: 'Registered', cell: (row) => formatMoment(row.createdAt) },
  ]
  return (
    <Panel title={STUDIO_MODEL} note={`${formatCount(versions.length)} registered`} flush>
      <Table
        caption={`Versions of ${STUDIO_MODEL}`}
        columns={columns}
        rows={versions}
        rowKey={(row) => row.id}
      />
    </Panel>
  )
}
