import { useState, type FormEvent } from 'react'
import { generateBuiltIn, loadMnist, lookIntoMnistParquet } from '../../stores/ingest'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/field'
import { Columns, Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import styles from './add-data.module.css'
import { OwnFiles } from './own-files'
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
          <Row>
            <Button disabled={busy} onClick={loadMnist}>
              Load MNIST
            </Button>
            <Button disabled={busy} onClick={lookIntoMnistParquet}>
              Look into MNIST as Parquet
            </Button>
          </Row>
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
