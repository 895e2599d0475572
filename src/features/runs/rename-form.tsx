import { useState, type FormEvent } from 'react'
import { renameRun } from '../../stores/registry'
import type { ListedRun } from '../../stores/queries'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/field'
import { Row } from '../../ui/layout'

/** Changes the run's name where it stands. */
export function RenameForm({ run, onDone }: { readonly run: ListedRun; readonly onDone: () => void }) {
  const [draft, setDraft] = useState(run.name)
  const [problem, setProblem] = useState<string | null>(null)

  async function save(event: FormEvent) {
    event.preventDefault()
    const decision = await renameRun(run.id, draft)
    if (decision.ok) onDone()
    else setProblem(decision.error.message)
  }

  return (
    <form onSubmit={(event) => void save(event)}>
      <Row>
        <TextField
          label="Run name"
          autoFocus
          value={draft}
          error={problem}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onDone()
          }}
        />
        <Button type="submit">Save</Button>
        <Button kind="quiet" onClick={onDone}>
          Cancel
        </Button>
      </Row>
    </form>
  )
}
