import { useState, type FormEvent } from 'react'
import { tagRuns } from '../../stores/run-decisions'
import type { TableRun } from '../../stores/queries'
import { Button, LinkButton } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { TextField } from '../../ui/field'
import { formatCounted } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Menu } from '../../ui/menu'
import { compareAddress, MOST_COMPARED } from './compare-address'
import { EXPORT_ITEMS, exportRuns } from './export-runs'
import { removeRuns, setArchived } from './run-actions'

interface BulkBarProps {
  readonly runs: readonly TableRun[]
  readonly columns: readonly string[]
  readonly onClear: () => void
}

/** What can be done with the runs that are chosen. */
export function BulkBar({ runs, columns, onClear }: BulkBarProps) {
  const [tagging, setTagging] = useState(false)
  const movable = runs.filter(({ status, interrupted }) => status.state !== 'running' || interrupted)
  const archived = runs.every(({ archivedAt }) => archivedAt !== null)
  return (
    <Row>
      <span>{formatCounted(runs.length, 'run')} chosen</span>
      {runs.length >= 2 && runs.length <= MOST_COMPARED && (
        <LinkButton href={compareAddress(runs.map(({ id }) => id))} kind="primary">
          Compare
        </LinkButton>
      )}
      <Button onClick={() => setTagging(true)}>Tag</Button>
      <Button onClick={() => void setArchived(runs, !archived)}>{archived ? 'Unarchive' : 'Archive'}</Button>
      <Button
        disabled={movable.length === 0}
        onClick={() => {
          void removeRuns(movable)
          onClear()
        }}
      >
        Delete
      </Button>
      <Menu
        label="Export chosen"
        items={EXPORT_ITEMS}
        onPick={(kind) => void exportRuns(kind, runs, columns)}
      />
      <Button kind="quiet" onClick={onClear}>
        Choose none
      </Button>
      {tagging && <TagDialog runs={runs} onClose={() => setTagging(false)} />}
    </Row>
  )
}

function TagDialog({ runs, onClose }: { readonly runs: readonly TableRun[]; readonly onClose: () => void }) {
  const [key, setKey] = useState('')
  const [value, setValue] = useState('')
  const [problem, setProblem] = useState<string | null>(null)

  async function save(event: FormEvent) {
    event.preventDefault()
    const decision = await tagRuns(
      runs.map(({ id }) => id),
      key,
      value,
    )
    if (decision.ok) onClose()
    else setProblem(decision.error.message)
  }

  return (
    <Dialog title={`Tag ${formatCounted(runs.length, 'run')}`} onClose={onClose}>
      <form onSubmit={(event) => void save(event)}>
        <Stack>
          <TextField
            label="Key"
            autoComplete="off"
            value={key}
            error={problem}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <TextField
            label="Value"
            autoComplete="off"
            value={value}
            hint="May stay empty"
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Row>
            <Button type="submit" kind="primary">
              Save
            </Button>
            <Button kind="quiet" onClick={onClose}>
              Cancel
            </Button>
          </Row>
        </Stack>
      </form>
    </Dialog>
  )
}
