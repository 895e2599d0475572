import { useSearchParams } from 'wouter'
import type { DriftReport } from '../../domain/drift/report'
import type { Alias } from '../../domain/registry/records'
import { CHAMPION, STUDIO_MODEL } from '../../stores/model-name'
import {
  useAliases,
  useDatasets,
  useDriftReports,
  useVersions,
  type ListedVersion,
} from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { SelectField } from '../../ui/field'
import { Columns, Stack } from '../../ui/layout'
import { EmptyState, Notice } from '../../ui/notice'
import { CheckPanel } from './check-panel'
import styles from './forms.module.css'
import { HistoryTable } from './history-table'
import { ReportPanel } from './report-panel'
import { SimulatorPanel } from './simulator-panel'
import { TrafficPanel } from './traffic-panel'

/** Whether what a version meets is still what it was made for. */
export function MonitorScreen() {
  const versions = useVersions(STUDIO_MODEL)
  const aliases = useAliases(STUDIO_MODEL)
  const datasets = useDatasets()
  const reports = useDriftReports()
  const [search, setSearch] = useSearchParams()
  if (versions === undefined || aliases === undefined || datasets === undefined || reports === undefined)
    return null
  const version = watched(versions, aliases, search.get('version'))
  if (version === undefined)
    return (
      <EmptyState
        title="Nothing to watch yet"
        action={
          <LinkButton href="/train" kind="primary">
            Train a model
          </LinkButton>
        }
      >
        A model is made on some digits and used on others. This screen compares the two: which digits come,
        which are read, and how clearly, with how likely the difference is by chance. It needs a registered
        model first.
      </EmptyState>
    )
  const own = reports.filter(({ versionId }) => versionId === version.id)
  const shown = own.find(({ id }) => id === search.get('report')) ?? own[0] ?? null

  function addressOf(report: DriftReport): string {
    return `/monitor?version=${version?.version}&report=${report.id}`
  }

  /** The newest report is shown, whichever was looked at before. */
  function showLatest(): void {
    setSearch({ version: String(version?.version) }, { replace: true })
  }

  return (
    <Stack>
      <div className={styles['alone']}>
        <SelectField
          label="Version"
          hint="Compared with what it was made for"
          options={versions.map(({ version: number, id }) => ({
            value: String(number),
            label: labelOf(
              number,
              aliases.filter(({ versionId }) => versionId === id),
            ),
          }))}
          value={String(version.version)}
          onPick={(value) => setSearch({ version: value }, { replace: true })}
        />
      </div>
      {shown === null ? (
        <Notice tone="info" title="Not checked yet">
          <p>
            A check compares a window of digits with version {version.version}’s baseline. Choose below what
            to check, and press Check now.
          </p>
        </Notice>
      ) : (
        <ReportPanel key={shown.id} report={shown} latest={shown === own[0]} />
      )}
      <Columns>
        <CheckPanel key={version.id} versionId={version.id} datasets={datasets} onChecked={showLatest} />
        <TrafficPanel version={version} />
      </Columns>
      <SimulatorPanel versionId={version.id} datasets={datasets} onChecked={showLatest} />
      {own.length > 0 && <HistoryTable reports={own} shown={shown?.id ?? null} addressOf={addressOf} />}
    </Stack>
  )
}

/** The one the address names, else the champion, else the newest. */
function watched(
  versions: readonly ListedVersion[],
  aliases: readonly Alias[],
  wanted: string | null,
): ListedVersion | undefined {
  const champion = aliases.find(({ alias }) => alias === CHAMPION)?.versionId
  return (
    versions.find(({ version }) => String(version) === wanted) ??
    versions.find(({ id }) => id === champion) ??
    versions[0]
  )
}

function labelOf(version: number, aliases: readonly Alias[]): string {
  const names = aliases.map(({ alias }) => alias).join(', ')
  return names === '' ? `Version ${version}` : `Version ${version} (${names})`
}
