import { useMemo, useState } from 'react'
import type { RunLogLine } from '../../domain/registry/run-log'
import { useRunLog, type ListedRun } from '../../stores/queries'
import { Button } from '../../ui/button'
import { classNames } from '../../ui/class-names'
import { downloadFile } from '../../ui/download'
import { TextField } from '../../ui/field'
import { formatCounted } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { Segmented } from '../../ui/segmented'
import { showToast } from '../../ui/toasts'
import styles from './log-tab.module.css'
import { logJsonLines, logText, selectLines } from './log-text'

const LEVELS = [
  { value: 'info', label: 'All' },
  { value: 'warning', label: 'Warnings' },
  { value: 'error', label: 'Errors' },
] as const

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** What the run did and why, line by line. */
export function LogTab({ run }: { readonly run: ListedRun }) {
  const lines = useRunLog(run.id)
  const [level, setLevel] = useState<RunLogLine['level']>('info')
  const [text, setText] = useState('')
  const shown = useMemo(() => selectLines(lines ?? [], level, text), [lines, level, text])
  const none = shown.length === 0
  return (
    <Panel
      title="Log"
      note={lines === undefined ? '' : formatCounted(lines.length, 'line')}
      actions={
        <>
          <Button kind="quiet" disabled={none} onClick={() => void copy(logText(shown))}>
            Copy
          </Button>
          <Button
            kind="quiet"
            disabled={none}
            onClick={() => downloadFile(`${run.name}.log`, 'text/plain', logText(shown))}
          >
            Download text
          </Button>
          <Button
            kind="quiet"
            disabled={none}
            onClick={() => downloadFile(`${run.name}.jsonl`, 'application/x-ndjson', logJsonLines(shown))}
          >
            Download JSONL
          </Button>
        </>
      }
    >
      <Stack>
        <Row>
          <TextField
            label="Find in the log"
            type="search"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Segmented label="Level" value={level} options={LEVELS} onChange={setLevel} />
        </Row>
        {lines !== undefined && none && <p>{emptyText(lines.length)}</p>}
        <ol className={styles['lines']} aria-label="Log lines">
          {shown.map((line) => (
            <li key={line.sequence} className={classNames(styles['line'], styles[line.level])}>
              <time dateTime={new Date(line.at).toISOString()}>{TIME.format(line.at)}</time>
              <span className={styles['level']}>{line.level}</span>
              <span>{line.message}</span>
            </li>
          ))}
        </ol>
      </Stack>
    </Panel>
  )
}

function emptyText(all: number): string {
  return all === 0
    ? 'Nothing is written down: the run is of before logs were kept, or could not write.'
    : 'No line is like that.'
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    showToast({ title: 'Copied the lines in sight' })
  } catch {
    showToast({
      title: 'Not copied',
      note: 'The browser does not let this page write to the clipboard. Download the text.',
    })
  }
}
