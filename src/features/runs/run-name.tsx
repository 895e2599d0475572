import { Pencil } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { renameRun } from '../../stores/registry'
import type { ListedRun } from '../../stores/queries'
import { Button, IconButton } from '../../ui/button'
import { TextField } from '../../ui/field'
import { Row } from '../../ui/layout'

/** The run's name, changed where it stands. */
export function RunName({ run }: { readonly run: ListedRun }) {
  const [draft, setDraft] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)

  if (draft === null)
    return (
      <Row>
        <h2>{run.name}</h2>
        <IconButton label="Rename" onClick={() => setDraft(run.name)}>
          <Pencil aria-hidden />
        </IconButton>
      </Row>
    )

  async function save(event: FormEvent) {
    event.preventDefault()
    const decision = await renameRun(run.id, draft ?? run.name)
    if (!decision.ok) setProblem(decision.error.message)
    else setDraft(null)
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
            if (event.key === 'Escape') setDraft(null)
          }}
        />
        <Button type="submit">Save</Button>
        <Button kind="quiet" onClick={() => setDraft(null)}>
          Cancel
        </Button>
      </Row>
    </form>
  )
}
