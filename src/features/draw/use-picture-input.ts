import { useEffect, useState } from 'react'
import { ownsKeys, type InkControl } from './use-ink'

const NO_PICTURE = 'Expected a picture, found none there. Copy a PNG, JPEG or WebP picture and try again.'

export interface PictureInput {
  /** A file is being dragged over the page. */
  readonly dragging: boolean
  /** Asks the browser for the clipboard's picture. */
  readonly paste: () => Promise<void>
}

/** Pictures that are dropped on the page or pasted into it, by key or by button. */
export function usePictureInput({ open, complain }: InkControl): PictureInput {
  const [dragging, setDragging] = useState(false)

  useEffect(() => {
    function take(files: FileList | undefined): void {
      const file = [...(files ?? [])][0]
      if (file === undefined) complain(NO_PICTURE)
      else open(file)
    }
    function onPaste(event: ClipboardEvent) {
      if (ownsKeys(event.target)) return
      event.preventDefault()
      take(event.clipboardData?.files)
    }
    function onDrag(event: DragEvent) {
      if (event.dataTransfer?.types.includes('Files') !== true) return
      event.preventDefault()
      setDragging(true)
    }
    function onLeave(event: DragEvent) {
      if (event.relatedTarget === null) setDragging(false)
    }
    function onDrop(event: DragEvent) {
      event.preventDefault()
      setDragging(false)
      take(event.dataTransfer?.files)
    }
    window.addEventListener('paste', onPaste)
    window.addEventListener('dragover', onDrag)
    window.addEventListener('dragleave', onLeave)
    window.addEventListener('drop', onDrop)
    return () => {
      window.removeEventListener('paste', onPaste)
      window.removeEventListener('dragover', onDrag)
      window.removeEventListener('dragleave', onLeave)
      window.removeEventListener('drop', onDrop)
    }
  })

  async function paste(): Promise<void> {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((name) => name.startsWith('image/'))
        if (type === undefined) continue
        open(new File([await item.getType(type)], 'clipboard', { type }))
        return
      }
      complain(NO_PICTURE)
    } catch {
      complain(
        'The browser did not let this page read the clipboard. Press Ctrl V, or choose a file instead.',
      )
    }
  }

  return { dragging, paste }
}
