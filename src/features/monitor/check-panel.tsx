import { useState } from 'react'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { type DatasetId, epochMillis, type VersionId } from '../../domain/ids'
import { checkFiles, lookForDrift, stopDrift, useDrift, type DriftLook } from '../../stores/drift'
import { Button } from '../../ui/button'
import { SelectField } from '../../ui/field'
import { formatCount, formatPercent } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { Progress } from '../../ui/progress'
import { Segmented } from '../../ui/segmented'
import { DatasetFields, type DatasetChoice } from './dataset-fields'
import { DropFiles } from './drop-files'
import styles from './forms.module.css'
import { SampleFields, type SampleChoice } from './sample-choice'

const SOURCES = [
  { value: 'predictions', label: 'Answers in use' },
  { value: 'dataset', label: 'A dataset' },
  { value: 'files', label: 'Files' },
] as const

type SourceKind = (typeof SOURCES)[number]['value']

const HOUR = 3_600_000
const PERIODS = [
  { value: '0', label: 'All that is logged' },
  { value: String(HOUR), label: 'The last hour' },
  { value: String(24 * HOUR), label: 'The last day' },
  { value: String(7 * 24 * HOUR), label: 'The last week' },
]

interface CheckPanelProps {
  readonly versionId: VersionId
  readonly datasets: readonly DatasetRecord[]
  readonly onChecked: () => void
}

/** Compares something with the baseline, now. */
export function CheckPanel({ versionId, datasets, onChecked }: CheckPanelProps) {
  const drift = useDrift((state) => state)
  const [kind, setKind] = useState<SourceKind>(datasets.length === 0 ? 'predictions' : 'dataset')
  const [period, setPeriod] = useState('0')
  const [dataset, setDataset] = useState<DatasetChoice>({ datasetId: null, split: 'test' })
  const [sample, setSample] = useState<SampleChoice>({ sample: 2_000, seed: 1 })
  const busy = drift.state === 'looking' || drift.state === 'simulating'
  const datasetId: DatasetId | null = dataset.datasetId ?? datasets[0]?.id ?? null

  async function check(source: DriftLook['source']): Promise<void> {
    const decision = await lookForDrift({ versionId, source, ...sample })
    if (decision.ok) onChecked()
  }

  async function take(files: readonly File[]): Promise<void> {
    const decision = await checkFiles(versionId, files, sample)
    if (decision.ok) onChecked()
  }

  function press(): void {
    if (kind === 'predictions') {
      const from = period === '0' ? 0 : Math.max(0, Date.now() - Number(period))
      void check({ kind: 'predictions', from: epochMillis(from) })
    } else if (datasetId !== null) void check({ kind: 'dataset', datasetId, split: dataset.split })
  }

  return (
    <Panel title="Check now" note="against the version’s baseline">
      <Stack>
        <Row>
          <Segmented label="What is checked" value={kind} options={SOURCES} onChange={setKind} />
        </Row>
        <div className={styles[kind === 'predictions' ? 'alone' : 'fields']}>
          {kind === 'predictions' && (
            <SelectField
              label="Period"
              hint="Of the answers that are kept"
              options={PERIODS}
              value={period}
              disabled={busy}
              onPick={setPeriod}
            />
          )}
          {kind === 'dataset' && (
            <DatasetFields
              datasets={datasets}
              choice={{ ...dataset, datasetId }}
              disabled={busy}
              onChoose={setDataset}
            />
          )}
          {kind !== 'predictions' && (
            <SampleFields choice={sample} disabled={busy} whole onChoose={setSample} />
          )}
        </div>
        {kind === 'files' ? (
          <DropFiles busy={busy} onFiles={(files) => void take(files)} />
        ) : (
          <Row>
            <Button
              kind="primary"
              disabled={busy || (kind === 'dataset' && datasetId === null)}
              onClick={press}
            >
              Check now
            </Button>
            {kind === 'dataset' && datasetId === null && (
              <span className={styles['quiet']}>No dataset is stored. Load one on the Data screen.</span>
            )}
          </Row>
        )}
        <CheckStatus />
      </Stack>
    </Panel>
  )
}

/** What is being done, or why it could not be done. */
function CheckStatus() {
  const drift = useDrift((state) => state)
  if (drift.state === 'failed')
    return (
      <Notice tone="failure" title="Drift could not be looked for">
        <p>{drift.error.message}</p>
      </Notice>
    )
  if (drift.state !== 'looking') return null
  const { label, done, total } = drift
  const share = total === null || total === 0 ? null : done / total
  return (
    <Stack>
      <Progress
        label={label}
        share={share}
        figures={share === null ? formatCount(done) : formatPercent(share, 0)}
      />
      <Row>
        <Button onClick={stopDrift}>Stop</Button>
      </Row>
    </Stack>
  )
}
