import { Link, useLocation } from 'wouter'
import type { VersionId } from '../../domain/ids'
import { macroAverages } from '../../domain/metrics/averages'
import type { Alias } from '../../domain/registry/records'
import { STAGES } from '../../domain/registry/stages'
import { networkName } from '../../domain/registry/versions'
import { STUDIO_MODEL } from '../../stores/model-name'
import type { ListedVersion } from '../../stores/queries'
import { SelectField } from '../../ui/field'
import { formatCount, formatLoss, formatMoment, formatPercent, NO_VALUE } from '../../ui/format'
import { Row } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { AliasChip, DamagedChip } from '../../ui/status-chip'
import { Table, type Column } from '../../ui/table'
import { modelsHref, type ModelsAddress } from './models-address'
import styles from './models.module.css'

interface VersionTableProps {
  readonly versions: readonly ListedVersion[]
  readonly aliases: readonly Alias[]
  readonly selected: VersionId
  readonly address: ModelsAddress
}

/** All versions, newest first, or those of a stage or an alias. */
export function VersionTable({ versions, aliases, selected, address }: VersionTableProps) {
  const [, navigate] = useLocation()
  const shown = versions.filter(
    ({ id, stage }) =>
      (address.stage === null || stage === address.stage) &&
      (address.alias === null ||
        aliases.some(({ alias, versionId }) => alias === address.alias && versionId === id)),
  )
  function filter(change: Partial<ModelsAddress>) {
    navigate(modelsHref(address, change, STUDIO_MODEL), { replace: true })
  }
  const columns: readonly Column<ListedVersion>[] = [
    {
      id: 'version',
      title: 'Version',
      heading: true,
      cell: (row) => (
        <Row>
          <Link
            href={modelsHref(address, { version: String(row.version) }, STUDIO_MODEL)}
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
    { id: 'stage', title: 'Stage', cell: (row) => row.stage },
    {
      id: 'accuracy',
      title: 'Test accuracy',
      numeric: true,
      cell: (row) => (row.evaluation ? formatPercent(row.evaluation.accuracy) : NO_VALUE),
    },
    {
      id: 'f1',
      title: 'Macro F1',
      numeric: true,
      cell: (row) => (row.evaluation ? macroAverages(row.evaluation).f1.toFixed(4) : NO_VALUE),
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
  const names = [...new Set(aliases.map(({ alias }) => alias))]
  return (
    <Panel title={address.model} note={`${formatCount(versions.length)} registered`} flush>
      <div className={styles['filters']}>
        <SelectField
          label="Stage"
          value={address.stage ?? ''}
          options={[{ value: '', label: 'Any stage' }, ...STAGES.map((value) => ({ value, label: value }))]}
          onPick={(value) => filter({ stage: STAGES.find((stage) => stage === value) ?? null })}
        />
        <SelectField
          label="Alias filter"
          value={address.alias ?? ''}
          options={[{ value: '', label: 'Any alias' }, ...names.map((value) => ({ value, label: value }))]}
          onPick={(value) => filter({ alias: value === '' ? null : value })}
        />
      </div>
      <Table
        caption={`Versions of ${address.model}`}
        columns={columns}
        rows={shown}
        rowKey={(row) => row.id}
        empty="No version has this stage and alias."
      />
    </Panel>
  )
}
