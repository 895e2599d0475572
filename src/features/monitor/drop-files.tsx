import { useRef, useState, type DragEvent } from 'react'
import { Button } from '../../ui/button'
import { classNames } from '../../ui/class-names'
import styles from './forms.module.css'

interface DropFilesProps {
  readonly busy: boolean
  readonly onFiles: (files: readonly File[]) => void
}

/** Digits that are only looked at: nothing of them is kept but the report. */
export function DropFiles({ busy, onFiles }: DropFilesProps) {
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)

  function take(files: FileList | null): void {
    if (!busy && files !== null && files.length > 0) onFiles([...files])
  }

  function drop(event: DragEvent): void {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files)
  }

  return (
    <div
      className={classNames(styles['drop'], over && styles['over'])}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p className={styles['quiet']}>
        Drop Parquet files, or an IDX image file with its label file if there is one. They are checked at
        once, here, and not kept; the report is.
      </p>
      <Button disabled={busy} onClick={() => picker.current?.click()}>
        Choose files and check
      </Button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files to check"
        onChange={(event) => {
          take(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
    </div>
  )
}
