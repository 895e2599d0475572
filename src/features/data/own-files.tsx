import { useRef, useState, type DragEvent, type FormEvent } from 'react'
import { lookIntoAddresses, lookIntoFiles } from '../../stores/ingest'
import { Button } from '../../ui/button'
import { classNames } from '../../ui/class-names'
import { TextField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import styles from './add-data.module.css'
import { filesOfDrop, filesOfList } from './dropped-files'

/** A person's own files, dropped, picked or by address. They are looked into first. */
export function OwnFiles({ busy }: { readonly busy: boolean }) {
  const [over, setOver] = useState(false)

  async function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    if (busy) return
    const files = await filesOfDrop(event.dataTransfer)
    if (files.length > 0) await lookIntoFiles(files)
  }

  return (
    <Panel title="Your own files">
      <Stack>
        <div
          className={classNames(styles['drop'], over && styles['over'])}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => void drop(event)}
        >
          <p className={styles['note']}>
            Drop IDX files (plain or .gz) or Parquet: PNG images, lists of 784 numbers or 784 pixel columns.
            They are shown before they are stored, are read here and go nowhere.
          </p>
          <Row>
            <Picker label="Data files" text="Choose files" busy={busy} />
            <Picker label="Data folder" text="Choose a folder" busy={busy} folder />
          </Row>
        </div>
        <AddressForm busy={busy} />
      </Stack>
    </Panel>
  )
}

function Picker(props: {
  readonly label: string
  readonly text: string
  readonly busy: boolean
  readonly folder?: boolean
}) {
  const { label, text, busy, folder = false } = props
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button disabled={busy} onClick={() => picker.current?.click()}>
        {text}
      </Button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={label}
        {...(folder ? { webkitdirectory: '' } : {})}
        onChange={(event) => {
          const files = filesOfList(event.currentTarget.files ?? new DataTransfer().files)
          event.currentTarget.value = ''
          if (files.length > 0) void lookIntoFiles(files)
        }}
      />
    </>
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
