import { useState, type FormEvent } from 'react'
import { lookIntoAddresses, lookIntoFiles } from '../../stores/ingest'
import { Button } from '../../ui/button'
import { DropZone, FilePicker } from '../../ui/drop-zone'
import { TextField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import styles from './add-data.module.css'
import { filesOfDrop, filesOfList } from './dropped-files'

/** A person's own files, dropped, picked or by address. They are looked into first. */
export function OwnFiles({ busy }: { readonly busy: boolean }) {
  async function drop(dropped: DataTransfer) {
    if (busy) return
    const files = await filesOfDrop(dropped)
    if (files.length > 0) await lookIntoFiles(files)
  }

  function choose(list: readonly File[]) {
    const files = filesOfList(list)
    if (files.length > 0) void lookIntoFiles(files)
  }

  return (
    <Panel title="Your own files">
      <Stack>
        <DropZone
          text="Drop IDX files (plain or .gz) or Parquet: PNG images, lists of 784 numbers or 784 pixel columns. They are shown before they are stored, are read here and go nowhere."
          onDrop={(dropped) => void drop(dropped)}
        >
          <Row>
            <FilePicker label="Data files" text="Choose files" busy={busy} onFiles={choose} />
            <FilePicker label="Data folder" text="Choose a folder" busy={busy} folder onFiles={choose} />
          </Row>
        </DropZone>
        <AddressForm busy={busy} />
      </Stack>
    </Panel>
  )
}

function AddressForm({ busy }: { readonly busy: boolean }) {
  const [text, setText] = useState('')
  const urls = text.split(/\s+/).filter((part) => part !== '')

  function submit(event: FormEvent) {
    event.preventDefault()
    if (urls.length > 0) lookIntoAddresses(urls)
  }

  return (
    <form onSubmit={submit} className={styles['address']}>
      <TextField
        label="Or by address"
        type="text"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        placeholder="/data/mnist-parquet/test-00000-of-00001.parquet"
        value={text}
        hint="On this site or where MNIST is published; several with spaces between. Anything else: download and drop it."
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" disabled={busy || urls.length === 0}>
        Look into it
      </Button>
    </form>
  )
}
