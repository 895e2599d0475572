import { type Route, ROUTES } from '../../domain/serving/routes'
import { Panel } from '../../ui/panel'
import { type Column, Table } from '../../ui/table'
import styles from './api.module.css'

const COLUMNS: readonly Column<Route>[] = [
  { id: 'method', title: 'Method', cell: ({ method }) => method },
  {
    id: 'path',
    title: 'Path',
    heading: true,
    cell: ({ path }) => <code className={styles['code']}>{path}</code>,
  },
  { id: 'group', title: 'Protocol', cell: ({ group }) => group },
  {
    id: 'summary',
    title: 'What it does',
    cell: ({ summary, nodeOnly }) => (nodeOnly === true ? `${summary} Server only.` : summary),
  },
]

/** In a tab of its own: this page must stay, to answer. */
function Described({ path }: { readonly path: string }) {
  return (
    <a href={path} target="_blank" rel="noopener noreferrer">
      {path}
    </a>
  )
}

/** Every address of the API. */
export function EndpointTable() {
  return (
    <Panel
      title="Endpoints"
      flush
      note={
        <>
          Described whole at <Described path="/docs" /> and, for programs, <Described path="/openapi.json" />
        </>
      }
    >
      <Table
        caption="Endpoints"
        columns={COLUMNS}
        rows={ROUTES}
        rowKey={({ method, path }) => `${method} ${path}`}
      />
    </Panel>
  )
}
