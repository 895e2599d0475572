import { useState } from 'react'
import { STUDIO_MODEL } from '../../stores/model-name'
import { registerRun } from '../../stores/registry'
import type { ListedRun } from '../../stores/queries'
import { Button } from '../../ui/button'
import { showToast } from '../../ui/toasts'

/** Makes the run the model's next version. */
export function RegisterButton({ run }: { readonly run: ListedRun }) {
  const [busy, setBusy] = useState(false)

  async function register() {
    setBusy(true)
    const decision = await registerRun(run.id)
    setBusy(false)
    showToast(
      decision.ok
        ? { title: `Registered as ${decision.value}` }
        : { title: 'The run was not registered', note: decision.error.message },
    )
  }

  return (
    <Button kind="primary" disabled={busy} onClick={() => void register()}>
      Register in {STUDIO_MODEL}
    </Button>
  )
}
