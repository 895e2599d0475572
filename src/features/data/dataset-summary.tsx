import type { DatasetRecord, SplitProfile } from '../../domain/dataset/dataset'
import { datasetTitle } from '../../domain/dataset/versions'
import { chooseDataset } from '../../stores/registry'
import { Button, LinkButton } from '../../ui/button'
import { describeSource } from '../../ui/dataset-text'
import { Digest } from '../../ui/digest'
import { Facts } from '../../ui/figures'
import { formatCount, formatMoment } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { Table, type Column } from '../../ui/table'
import { showToast } from '../../ui/toasts'

interface SplitRow {
  readonly name: string
  readonly profile: SplitProfile
}

const COLUMNS: readonly Column<SplitRow>[] = [
  { id: 'split', title: 'Split', heading: true, cell: (row) => row.name },
  { id: 'count', title: 'Images', numeric: true, cell: ({ profile }) => formatCount(profile.count) },
  { id: 'blank', title: 'Blank', numeric: true, cell: ({ profile }) => formatCount(profile.blank) },
  {
    id: 'duplicates',
    title: 'Duplicates',
    numeric: true,
    cell: ({ profile }) => formatCount(profile.duplicates),
  },
  {
    id: 'classes',
    title: 'Images a class',
    numeric: true,
    cell: ({ profile }) =>
      `${formatCount(Math.min(...profile.classCounts))}–${formatCount(Math.max(...profile.classCounts))}`,
  },
  { id: 'mean', title: 'Mean', numeric: true, cell: ({ profile }) => profile.mean.toFixed(4) },
  { id: 'std', title: 'Std', numeric: true, cell: ({ profile }) => profile.std.toFixed(4) },
]

/** Name, source, identity and what validation found. */
export function DatasetSummary({
  dataset,
  stored,
  chosen,
}: {
  readonly dataset: DatasetRecord
  readonly stored: readonly DatasetRecord[]
  readonly chosen: boolean
}) {
  const { preprocess } = dataset
  return (
    <Panel
      title={datasetTitle(dataset, stored)}
      note={chosen ? 'Used for training' : undefined}
      actions={
        chosen ? (
          <LinkButton href="/train">Train on it</LinkButton>
        ) : (
          <Button onClick={() => void choose(dataset)}>Use for training</Button>
        )
      }
    >
      <Stack>
        <Facts
          items={[
            { name: 'Source', value: describeSource(dataset.source) },
            { name: 'Digest', value: <Digest value={dataset.digest} what="Dataset digest" /> },
            { name: 'Stored', value: formatMoment(dataset.createdAt) },
            {
              name: 'Preprocessing',
              value: `byte / ${preprocess.scale}, minus ${preprocess.mean}, over ${preprocess.std}; drawings are centred by mass in a ${preprocess.canvas.box}×${preprocess.canvas.box} box`,
            },
          ]}
        />
        <Table
          caption="Figures by split; mean and standard deviation of byte / 255"
          columns={COLUMNS}
          rows={[
            { name: 'Training', profile: dataset.train.profile },
            { name: 'Test', profile: dataset.test.profile },
          ]}
          rowKey={(row) => row.name}
        />
      </Stack>
    </Panel>
  )
}

async function choose(dataset: DatasetRecord): Promise<void> {
  const decision = await chooseDataset(dataset.id)
  showToast(
    decision.ok
      ? { title: `Training will use ${dataset.name}` }
      : { title: 'The choice was not stored', note: decision.error.message },
  )
}
