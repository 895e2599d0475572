import { useState } from 'react'
import { compareParameters, type ComparedParameter } from '../../domain/registry/comparison'
import type { TableRun } from '../../stores/queries'
import { Button } from '../../ui/button'
import { NO_VALUE } from '../../ui/format'
import { Panel } from '../../ui/panel'
import { Table, type Column } from '../../ui/table'

/** What the recipes differ in; all of both on request. */
export function ComparedParameters({ runs }: { readonly runs: readonly TableRun[] }) {
  const [all, setAll] = useState(false)
  const parameters = compareParameters(runs)
  const differing = parameters.filter(({ differs }) => differs)
  const columns: readonly Column<ComparedParameter>[] = [
    { id: 'path', title: 'Parameter', heading: true, cell: ({ path }) => path },
    ...runs.map((run, index) => ({
      id: run.id,
      title: run.name,
      cell: ({ values, differs }: ComparedParameter) => {
        const value = values[index] ?? null
        const text = value === null ? NO_VALUE : String(value)
        return differs && all ? <strong>{text}</strong> : text
      },
    })),
  ]
  return (
    <Panel
      title="Parameters"
      note={all ? `${parameters.length} in all` : 'those that differ'}
      actions={
        <Button kind="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Only those that differ' : `Show all ${parameters.length}`}
        </Button>
      }
      flush
    >
      <Table
        caption="Parameters of the compared runs"
        columns={columns}
        rows={all ? parameters : differing}
        rowKey={({ path }) => path}
        empty="The recipes are the same."
      />
    </Panel>
  )
}
