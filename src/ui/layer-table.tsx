import { layerSummary, type LayerSummary } from '../domain/model/counts'
import { describeShape } from '../domain/model/shapes'
import type { ModelSpec } from '../domain/model/spec'
import { formatCount } from './format'
import { Table, type Column } from './table'
import styles from './table.module.css'

const COLUMNS: readonly Column<LayerSummary>[] = [
  { id: 'index', title: '#', numeric: true, cell: (row) => row.index + 1 },
  { id: 'kind', title: 'Layer', heading: true, cell: (row) => row.kind },
  { id: 'output', title: 'Output (h×w×channels)', numeric: true, cell: (row) => describeShape(row.output) },
  { id: 'parameters', title: 'Parameters', numeric: true, cell: (row) => countOrDash(row.parameters) },
  { id: 'work', title: 'Multiply-adds', numeric: true, cell: (row) => countOrDash(row.multiplyAdds) },
]

/** Every layer of a model: output for one image, trainable values, multiply-adds of one forward pass. */
export function LayerTable({ spec }: { readonly spec: ModelSpec }) {
  const rows = layerSummary(spec)
  return (
    <Table
      caption={`Layers of ${spec.name}`}
      columns={COLUMNS}
      rows={rows}
      rowKey={(row) => row.index}
      footer={
        <tr>
          <td />
          <th scope="row">Total</th>
          <td />
          <td className={styles['number']}>{formatCount(sum(rows, (row) => row.parameters))}</td>
          <td className={styles['number']}>{formatCount(sum(rows, (row) => row.multiplyAdds))}</td>
        </tr>
      }
    />
  )
}

function countOrDash(value: number): string {
  return value === 0 ? '–' : formatCount(value)
}

function sum(rows: readonly LayerSummary[], of: (row: LayerSummary) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}
