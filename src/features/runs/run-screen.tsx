import { Pencil } from 'lucide-react'
import { useState } from 'react'
import { useSearchParams } from 'wouter'
import { parseRunId, type RunId } from '../../domain/ids'
import { restoreRuns } from '../../stores/run-decisions'
import { useRun, useVersions, type ListedRun } from '../../stores/queries'
import { STUDIO_MODEL } from '../../stores/model-name'
import { Button, IconButton, LinkButton } from '../../ui/button'
import { evaluationFigures } from '../../ui/evaluation-figures'
import { Figures } from '../../ui/figures'
import { formatCount, formatDuration, formatRate, NO_VALUE } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { EmptyState, Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { durationOf, resultOf, shownStatus } from '../../ui/run-text'
import { StatusChip } from '../../ui/status-chip'
import { Tabs, type TabItem } from '../../ui/tabs'
import { ConfusionTab } from './confusion-tab'
import { CurvesTab } from './curves-tab'
import { DetailsTab } from './details-tab'
import { MisreadTab } from './misread-tab'
import { ModelTab } from './model-tab'
import { LogTab } from './log-tab'
import { RegisterButton } from './register-button'
import { RunDialog } from './run-dialog'
import { CompareWith } from './compare-with'
import { ResumeButton } from './resume-button'
import { RunTexts } from './run-texts'

/** One run, by the id in the address. */
export function RunScreen({ id }: { readonly id: string }) {
  const runId = readRunId(id)
  const run = useRun(runId)
  if (run === undefined) return null
  if (run === null)
    return (
      <EmptyState title="No such run" action={<LinkButton href="/runs">All runs</LinkButton>}>
        No run with the id {id} is stored in this browser. Runs live where they were trained.
      </EmptyState>
    )
  return <RunView run={run} />
}

function RunView({ run }: { readonly run: ListedRun }) {
  const [search, setSearch] = useSearchParams()
  const items = tabsOf(run)
  const active = items.find((item) => item.id === search.get('tab'))?.id ?? 'curves'
  return (
    <Stack>
      {run.deletedAt !== null && (
        <Notice
          tone="caution"
          title="This run was deleted"
          actions={<Button onClick={() => void restoreRuns([run.id])}>Bring it back</Button>}
        />
      )}
      <Summary run={run} />
      <Tabs
        label="Parts of the run"
        items={items}
        active={active}
        onChange={(tab) => setSearch(tab === 'curves' ? {} : { tab }, { replace: true })}
      />
    </Stack>
  )
}

function tabsOf(run: ListedRun): TabItem[] {
  const result = resultOf(run)
  const always: TabItem[] = [
    { id: 'curves', label: 'Curves', content: () => <CurvesTab run={run} /> },
    { id: 'model', label: 'Model', content: () => <ModelTab run={run} /> },
    { id: 'details', label: 'Details', content: () => <DetailsTab run={run} /> },
    { id: 'log', label: 'Log', content: () => <LogTab run={run} /> },
  ]
  if (result === null) return always
  const [curves, ...rest] = always
  return [
    ...(curves ? [curves] : []),
    {
      id: 'confusion',
      label: 'Confusion',
      content: () => <ConfusionTab run={run} evaluation={result.evaluation} />,
    },
    { id: 'misread', label: 'Misread digits', content: () => <MisreadTab run={run} /> },
    ...rest,
  ]
}

function Summary({ run }: { readonly run: ListedRun }) {
  const [editing, setEditing] = useState(false)
  const result = resultOf(run)
  const versions = useVersions(STUDIO_MODEL)
  const version =
    versions?.find((entry) => entry.origin.kind === 'run' && entry.origin.runId === run.id) ?? null
  return (
    <Panel
      title={run.name}
      note={<StatusChip status={shownStatus(run)} />}
      actions={
        <>
          <IconButton label="Edit name, note and tags" onClick={() => setEditing(true)}>
            <Pencil aria-hidden />
          </IconButton>
          <CompareWith run={run} />
          {version !== null && (
            <LinkButton href={`/models?version=${version.version}`}>Version {version.version}</LinkButton>
          )}
          {result !== null && versions !== undefined && version === null && <RegisterButton run={run} />}
        </>
      }
    >
      <Stack>
        {editing && <RunDialog run={run} onClose={() => setEditing(false)} />}
        <RunTexts run={run} />
        <Trouble run={run} />
        {run.notes?.map((note) => (
          <Notice key={note} tone="info" title={note} />
        ))}
        <RunFigures run={run} />
      </Stack>
    </Panel>
  )
}

/** Why nobody goes on with a run, where its worker could still say so. */
function interruptionOf({ status }: ListedRun): string | null {
  return status.state === 'running' ? (status.interruption?.message ?? null) : null
}

function Trouble({ run }: { readonly run: ListedRun }) {
  return (
    <>
      {run.status.state === 'failed' && (
        <Notice tone="failure" title="This run failed">
          <p>{run.status.message}</p>
        </Notice>
      )}
      {run.interrupted && (
        <Notice
          tone="caution"
          title="This run was interrupted"
          actions={run.deletedAt === null && <ResumeButton run={run} kind="primary" />}
        >
          <p>
            {interruptionOf(run) ?? 'The page was closed or its worker ended before the run did.'} Resumed, it
            goes on{' '}
            {run.epochs.length > 0
              ? `after epoch ${run.epochs.length} of ${run.params.epochs}, whose state is kept,`
              : 'from its first step, as no epoch was done,'}{' '}
            and ends with the weights it would have had.
          </p>
        </Notice>
      )}
    </>
  )
}

function RunFigures({ run }: { readonly run: ListedRun }) {
  const result = resultOf(run)
  const evaluation = result?.evaluation ?? null
  const duration = durationOf(run)
  return (
    <Figures
      items={[
        ...evaluationFigures(evaluation),
        {
          label: 'Speed',
          value: result ? formatRate(result.imagesPerSecond, 'img') : NO_VALUE,
          note: run.engine.device,
        },
        {
          label: 'Duration',
          value: duration === null ? NO_VALUE : formatDuration(duration),
          note: `${formatCount(run.epochs.length)} of ${formatCount(run.params.epochs)} epochs`,
        },
        {
          label: 'Parameters',
          value: formatCount(run.parameterCount),
          note: run.params.preset,
        },
      ]}
    />
  )
}

function readRunId(text: string): RunId | null {
  try {
    return parseRunId(text)
  } catch {
    return null
  }
}
