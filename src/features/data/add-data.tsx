import { useRef, useState, type DragEvent, type FormEvent } from 'react'
import { generateBuiltIn, importIdxFiles, loadMnist } from '../../stores/ingest'
import { Button } from '../../ui/button'
import { classNames } from '../../ui/class-names'
import { TextField } from '../../ui/field'
import { Columns, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import styles from './add-data.module.css'
import { parseWhole } from './whole-number'

/** The three ways to get data: MNIST, made digits, a person's own files. */
export function AddData({ busy }: { readonly busy: boolean }) {
  return (
    <Columns>
      <Panel title="Published digits">
        <Stack>
          <p className={styles['note']}>
            The published 60,000 + 10,000 digits, from this site or a public mirror, checked against their
            known SHA-256. Without either, the studio makes its own digits.
          </p>
          <div>
            <Button disabled={busy} onClick={loadMnist}>
              Load MNIST
            </Button>
          </div>
        </Stack>
      </Panel>
      <BuiltInForm busy={busy} />
      <OwnFiles busy={busy} />
    </Columns>
  )
}

const SEED = { low: 0, high: 0xffffffff }
const SIZE = { low: 10, high: 200_000 }

function BuiltInForm({ busy }: { readonly busy: boolean }) {
  const [draft, setDraft] = useState({ seed: '1', train: '20000', test: '4000' })
  const seed = parseWhole('seed', draft.seed, SEED)
  const train = parseWhole('training images', draft.train, SIZE)
  const test = parseWhole('test images', draft.test, SIZE)

  function submit(event: FormEvent) {
    event.preventDefault()
    if (seed.ok && train.ok && test.ok)
      generateBuiltIn({ seed: seed.value, train: train.value, test: test.value })
  }

  return (
    <Panel title="Built-in digits">
      <form onSubmit={submit}>
        <Stack>
          <p className={styles['note']}>
            Drawn by the studio from strokes in many hands; needs no network. The same seed gives the same
            digits.
          </p>
          <div className={styles['form']}>
            <TextField
              label="Seed"
              inputMode="numeric"
              value={draft.seed}
              error={seed.ok ? null : seed.message}
              onChange={(event) => setDraft({ ...draft, seed: event.currentTarget.value })}
            />
            <TextField
              label="Training"
              inputMode="numeric"
              value={draft.train}
              error={train.ok ? null : train.message}
              onChange={(event) => setDraft({ ...draft, train: event.currentTarget.value })}
            />
            <TextField
              label="Test"
              inputMode="numeric"
              value={draft.test}
              error={test.ok ? null : test.message}
              onChange={(event) => setDraft({ ...draft, test: event.currentTarget.value })}
            />
          </div>
          <div>
            <Button type="submit" disabled={busy || !seed.ok || !train.ok || !test.ok}>
              Generate digits
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  )
}

function OwnFiles({ busy }: { readonly busy: boolean }) {
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)

  function take(files: FileList | null) {
    if (files !== null && files.length > 0) void importIdxFiles([...files])
  }

  function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    if (!busy) take(event.dataTransfer.files)
  }

  return (
    <Panel title="Your own IDX files">
      <div
        className={classNames(styles['drop'], over && styles['over'])}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <p className={styles['note']}>
          Drop four files together, plain or .gz: training images and labels, test images and labels. They are
          read here and go nowhere.
        </p>
        <Button disabled={busy} onClick={() => picker.current?.click()}>
          Choose files
        </Button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="IDX files"
          onChange={(event) => {
            take(event.currentTarget.files)
            event.currentTarget.value = ''
          }}
        />
      </div>
    </Panel>
  )
}
