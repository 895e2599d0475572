import { useId, useState, type FormEvent } from 'react'
import { readTags, tagLines } from '../../domain/registry/tags'
import type { ListedVersion } from '../../stores/queries'
import { describeVersion } from '../../stores/registry'
import { Button } from '../../ui/button'
import { Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { showToast } from '../../ui/toasts'
import styles from './models.module.css'

/** What a person has to say about a version. */
export function WordsPanel({ version }: { readonly version: ListedVersion }) {
  const [note, setNote] = useState(version.note)
  const [tags, setTags] = useState(() => tagLines(version.tags))
  const [busy, setBusy] = useState(false)
  const read = readTags(tags)
  const changed = note !== version.note || tags !== tagLines(version.tags)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!read.ok) return
    setBusy(true)
    const decision = await describeVersion(version.id, { note: note.trim(), tags: read.tags })
    setBusy(false)
    showToast(
      decision.ok
        ? { title: `Note and tags of version ${version.version} are kept` }
        : { title: 'Nothing was changed', note: decision.error.message },
    )
  }

  return (
    <Panel title="Note and tags" note="yours to change; no part of the history">
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <Area label="Note" value={note} onChange={setNote} />
          <Area label="Tags, one a line: key=value" value={tags} onChange={setTags} />
          {!read.ok && <Notice tone="caution" title={read.message} />}
          <div>
            <Button type="submit" disabled={busy || !changed || !read.ok}>
              Keep note and tags
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  )
}

interface AreaProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function Area({ label, value, onChange }: AreaProps) {
  const id = useId()
  return (
    <div className={styles['label']}>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className={styles['area']}
        value={value}
        maxLength={5000}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  )
}
