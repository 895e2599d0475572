import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import { Button } from './button'
import { classNames } from './class-names'
import styles from './drop-zone.module.css'

interface DropZoneProps {
  /** What may be dropped, and what becomes of it. */
  readonly text: string
  readonly onDrop: (dropped: DataTransfer) => void
  /** The pickers: whatever can be dropped can be chosen, too. */
  readonly children: ReactNode
}

/** A place for files. */
export function DropZone({ text, onDrop, children }: DropZoneProps) {
  const [over, setOver] = useState(false)

  function drop(event: DragEvent): void {
    event.preventDefault()
    setOver(false)
    onDrop(event.dataTransfer)
  }

  return (
    <div
      className={classNames(styles['zone'], over && styles['over'])}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p className={styles['text']}>{text}</p>
      {children}
    </div>
  )
}

interface FilePickerProps {
  /** The input's name; the button says what happens. */
  readonly label: string
  readonly text: string
  readonly busy: boolean
  readonly folder?: boolean
  readonly onFiles: (files: readonly File[]) => void
}

/** A button that asks for files; the same ones may be chosen again. */
export function FilePicker({ label, text, busy, folder = false, onFiles }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button disabled={busy} onClick={() => input.current?.click()}>
        {text}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        {...(folder ? { webkitdirectory: '' } : {})}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])]
          event.currentTarget.value = ''
          onFiles(files)
        }}
      />
    </>
  )
}
