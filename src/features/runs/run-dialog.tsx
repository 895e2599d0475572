import { useId, useState, type FormEvent } from 'react'
import { describeRun } from '../../stores/run-decisions'
import type { ListedRun } from '../../stores/queries'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { TextField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import styles from './run-dialog.module.css'
import { readTags, tagLines } from '../../domain/registry/tags'

interface RunDialogProps {
  readonly run: Pick<ListedRun, 'id' | 'name' | 'note' | 'tags'>
  readonly onClose: () => void
}

/** Name, note and tags of a run. */
export function RunDialog({ run, onClose }: RunDialogProps) {
  const [name, setName] = useState(run.name)
  const [note, setNote] = useState(run.note)
  const [tags, setTags] = useState(() => tagLines(run.tags))
  const [problem, setProblem] = useState<string | null>(null)

  async function save(event: FormEvent) {
    event.preventDefault()
    const read = readTags(tags)
    if (!read.ok) return setProblem(read.message)
    const decision = await describeRun(run.id, { name, note, tags: read.tags })
    if (decision.ok) onClose()
    else setProblem(decision.error.message)
  }

  return (
    <Dialog title={`Edit ${run.name}`} onClose={onClose}>
      <form onSubmit={(event) => void save(event)}>
        <Stack>
          <TextField
            label="Run name"
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Area
            label="Note"
            rows={4}
            hint="For people, and searched as tags.`mlflow.note.content`"
            value={note}
            onText={setNote}
          />
          <Area label="Tags" rows={3} hint="One a line: key=value" value={tags} onText={setTags} />
          {problem !== null && (
            <p role="alert" className={styles['problem']}>
              {problem}
            </p>
          )}
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

interface AreaProps {
  readonly label: string
  readonly hint: string
  readonly rows: number
  readonly value: string
  readonly onText: (text: string) => void
}

function Area({ label, hint, rows, value, onText }: AreaProps) {
  const id = useId()
  return (
    <div className={styles['area']}>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      <span id={`${id}-hint`}>{hint}</span>
    </div>
  )
}
