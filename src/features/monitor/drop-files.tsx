import { DropZone, FilePicker } from '../../ui/drop-zone'

interface DropFilesProps {
  readonly busy: boolean
  readonly onFiles: (files: readonly File[]) => void
}

/** Digits that are only looked at: nothing of them is kept but the report. */
export function DropFiles({ busy, onFiles }: DropFilesProps) {
  function take(files: readonly File[]): void {
    if (!busy && files.length > 0) onFiles(files)
  }

  return (
    <DropZone
      text="Drop Parquet files, or an IDX image file with its label file if there is one. They are checked at once, here, and not kept; the report is."
      onDrop={({ files }) => take([...files])}
    >
      <FilePicker label="Files to check" text="Choose files and check" busy={busy} onFiles={take} />
    </DropZone>
  )
}
