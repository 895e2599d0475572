import { Link } from 'wouter'
import { networkName } from '../../domain/registry/versions'
import { CHAMPION, STUDIO_MODEL } from '../../stores/model-name'
import { useAliases, useVersions, type ListedRun } from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { evaluationFigures } from '../../ui/evaluation-figures'
import { Figures } from '../../ui/figures'
import { formatCount, formatMoment, formatPercent, formatRate, NO_VALUE } from '../../ui/format'
import { Panel } from '../../ui/panel'
import { resultOf, shownStatus } from '../../ui/run-text'
import { StatusChip } from '../../ui/status-chip'
import { Table, type Column } from '../../ui/table'

const SHOWN_RUNS = 5

/** The version in use and its figures; nothing while there is none. */
export function ChampionPanel() {
  const versions = useVersions(STUDIO_MODEL)
  const aliases = useAliases(STUDIO_MODEL)
  const id = aliases?.find(({ alias }) => alias === CHAMPION)?.versionId
  const version = versions?.find((entry) => entry.id === id)
  if (version === undefined) return null
  return (
    <Panel
      title={`${STUDIO_MODEL}, version ${version.version}`}
      note={CHAMPION}
      actions={<LinkButton href="/models">Open the registry</LinkButton>}
    >
      <Figures
        items={[
          ...(version.evaluation ? evaluationFigures(version.evaluation) : []),
          {
            label: 'Parameters',
            value: formatCount(version.parameterCount),
            note: networkName(version.network),
          },
        ]}
      />
    </Panel>
  )
}

const COLUMNS: readonly Column<ListedRun>[] = [
  {
    id: 'name',
    title: 'Name',
    heading: true,
    cell: (run) => <Link href={`/runs/${run.id}`}>{run.name}</Link>,
  },
  { id: 'status', title: 'Status', cell: (run) => <StatusChip status={shownStatus(run)} /> },
  {
    id: 'accuracy',
    title: 'Test accuracy',
    numeric: true,
    cell: (run) => {
      const result = resultOf(run)
      return result ? formatPercent(result.evaluation.accuracy) : NO_VALUE
    },
  },
  {
    id: 'speed',
    title: 'Speed',
    numeric: true,
    cell: (run) => {
      const result = resultOf(run)
      return result ? formatRate(result.imagesPerSecond) : NO_VALUE
    },
  },
  { id: 'created', title: 'Created', cell: (run) => formatMoment(run.status.startedAt) },
]

/** The newest runs. */
export function RunsPanel({ runs }: { readonly runs: readonly ListedRun[] }) {
  return (
    <Panel title="Last runs" actions={<LinkButton href="/runs">All runs</LinkButton>} flush>
      <Table
        caption="Last runs"
        columns={COLUMNS}
        rows={runs.slice(0, SHOWN_RUNS)}
        rowKey={(run) => run.id}
      />
    </Panel>
  )
}
