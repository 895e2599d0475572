import { useState } from 'react'
import { Button } from './button'
import { showToast } from './toasts'

interface CopyButtonProps {
  /** What the button says: "Copy as JSON". */
  readonly label: string
  readonly text: string
  /** What is said afterwards: "Benchmark copied as JSON". */
  readonly done: string
  readonly note?: string
  readonly disabled?: boolean
}

/** Copies a text and says so; where the browser refuses, the text stands there to be copied by hand. */
export function CopyButton({ label, text, done, note, disabled = false }: CopyButtonProps) {
  const [failed, setFailed] = useState(false)

  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      showToast({ title: done, ...(note === undefined ? {} : { note }) })
    } catch {
      setFailed(true)
    }
  }

  return failed ? (
    <textarea readOnly rows={10} cols={60} value={text} aria-label={`${label}: by hand`} />
  ) : (
    <Button disabled={disabled} onClick={() => void copy()}>
      {label}
    </Button>
  )
}
