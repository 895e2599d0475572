import { Trash2 } from 'lucide-react'
import { Link } from 'wouter'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { datasetTitle } from '../../domain/dataset/versions'
import type { DatasetId } from '../../domain/ids'
import { removeDataset } from '../../stores/registry'
import { IconButton } from '../../ui/button'
import { ConfirmButton } from '../../ui/confirm-button'
import { describeSource } from '../../ui/dataset-text'
import { Digest } from '../../ui/digest'
import { formatCount, formatMoment } from '../../ui/format'
import { Panel } from '../../ui/panel'
import { Table, type Column } from '../../ui/table'
import { showToast } from '../../ui/toasts'

const COLUMNS: readonly Column<DatasetRecord>[] = [
  { id: 'source', title: 'Source', cell: (row) => describeSource(row.source) },
  { id: 'train', title: 'Training', numeric: true, cell: (row) => formatCount(row.train.profile.count) },
  { id: 'test', title: 'Test', numeric: true, cell: (row) => formatCount(row.test.profile.count) },
  { id: 'digest', title: 'Digest', cell: (row) => <Digest value={row.digest} what="Dataset digest" /> },
  { id: 'stored', title: 'Stored', cell: (row) => formatMoment(row.createdAt) },
]

interface DatasetTableProps {
  readonly datasets: readonly DatasetRecord[]
  readonly chosen: DatasetId | null
}

/** All stored datasets. The one in use is not offered for removal: its pixels are needed for the next run. */
export function DatasetTable({ datasets, chosen }: DatasetTableProps) {
  const columns: readonly Column<DatasetRecord>[] = [
    {
      id: 'name',
      title: 'Dataset',
      heading: true,
      cell: (row) => <Link href={`/data?dataset=${row.id}`}>{datasetTitle(row, datasets)}</Link>,
    },
    ...COLUMNS,
    {
      id: 'actions',
      title: <span className="visually-hidden">Actions</span>,
      cell: (row) =>
        row.id === chosen ? (
          'In use'
        ) : (
          <ConfirmButton
            trigger={
              <IconButton label={`Remove ${datasetTitle(row, datasets)}`}>
                <Trash2 aria-hidden />
              </IconButton>
            }
            title={`Remove the pixels of ${datasetTitle(row, datasets)}?`}
            text="Runs made from it keep its name and digest. Only the same files or the same source give them back."
            action="Remove"
            onConfirm={() => void remove(row)}
          />
        ),
    },
  ]
  return (
    <Panel title="Stored datasets" flush>
      <Table caption="Stored datasets" columns={columns} rows={datasets} rowKey={(row) => row.id} />
    </Panel>
  )
}

async function remove(dataset: DatasetRecord): Promise<void> {
  const decision = await removeDataset(dataset.id)
  showToast(
    decision.ok
      ? { title: `Removed the pixels of ${dataset.name}` }
      : { title: `${dataset.name} was not removed`, note: decision.error.message },
  )
}
