import { useStorageNotice } from '../stores/storage-notice'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'

const TEXT = {
  'newer-version': {
    title: 'A newer version of the studio is open in another tab',
    text: 'It upgraded the stored data, so this tab no longer writes. Reload to continue with the new version.',
  },
  deleted: {
    title: 'The stored data were deleted in another tab',
    text: 'Nothing shown here is stored any more. Reload to start afresh.',
  },
  blocked: {
    title: 'Another tab holds an older version of the data',
    text: 'Close the other tabs of the studio, then reload.',
  },
  closed: {
    title: 'The browser closed the storage',
    text: 'The site’s data were cleared, or the disk failed. Reload; what was cleared must be loaded or trained again.',
  },
} as const

/** Says what happened to the stored data from outside this tab. */
export function StorageBanner({ className }: { readonly className?: string | undefined }) {
  const notice = useStorageNotice()
  if (notice === null) return null
  const { title, text } = TEXT[notice]
  return (
    <div className={className}>
      <Notice
        tone="failure"
        title={title}
        actions={<Button onClick={() => window.location.reload()}>Reload</Button>}
      >
        <p>{text}</p>
      </Notice>
    </div>
  )
}
