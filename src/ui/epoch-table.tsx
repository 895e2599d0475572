import type { EpochMetrics } from '../domain/training/events'
import { formatDuration, formatLoss, formatPercent, formatRate, NO_VALUE } from './format'
import { Table, type Column } from './table'

const COLUMNS: readonly Column<EpochMetrics>[] = [
  { id: 'epoch', title: 'Epoch', numeric: true, heading: true, cell: (row) => row.epoch },
  { id: 'loss', title: 'Training loss', numeric: true, cell: (row) => formatLoss(row.trainLoss) },
  {
    id: 'accuracy',
    title: 'Training accuracy',
    numeric: true,
    cell: (row) => formatPercent(row.trainAccuracy),
  },
  {
    id: 'vloss',
    title: 'Validation loss',
    numeric: true,
    cell: (row) => (row.validation ? formatLoss(row.validation.loss) : NO_VALUE),
  },
  {
    id: 'vaccuracy',
    title: 'Validation accuracy',
    numeric: true,
    cell: (row) => (row.validation ? formatPercent(row.validation.accuracy) : NO_VALUE),
  },
  { id: 'time', title: 'Time', numeric: true, cell: (row) => formatDuration(row.seconds) },
  { id: 'speed', title: 'Speed', numeric: true, cell: (row) => formatRate(row.imagesPerSecond) },
]

/** Every epoch's figures, measured while learning and after it. */
export function EpochTable({ epochs }: { readonly epochs: readonly EpochMetrics[] }) {
  return (
    <Table
      caption="Epochs"
      columns={COLUMNS}
      rows={epochs}
      rowKey={(row) => row.epoch}
      empty="No epoch finished yet"
    />
  )
}
