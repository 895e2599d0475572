import { useOffline } from '../stores/offline'
import { useTraining } from '../stores/training'
import { Button } from '../ui/button'
import { formatCounted } from '../ui/format'
import { Notice } from '../ui/notice'

/** A newer build waits until the reader takes it: never under a running page, and not while a model learns. */
export function UpdateBanner({ className }: { readonly className?: string | undefined }) {
  const offline = useOffline()
  const busy = useTraining(
    ({ state }) => state === 'preparing' || state === 'running' || state === 'stopping',
  )
  if (offline.kind === 'update-blocked')
    return (
      <div className={className}>
        <Notice tone="caution" title="The newer version has to wait">
          <p>
            {formatCounted(offline.otherPages, 'other page')} of the studio still run the older one. Close
            them and reload.
          </p>
        </Notice>
      </div>
    )
  if (offline.kind !== 'update-waiting') return null
  return (
    <div className={className}>
      <Notice
        tone="info"
        title="A newer version of the studio is ready"
        actions={
          <Button disabled={busy} onClick={offline.apply}>
            {busy ? 'After this run' : 'Reload into it'}
          </Button>
        }
      />
    </div>
  )
}
