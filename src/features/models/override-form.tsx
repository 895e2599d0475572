import { useState, type FormEvent } from 'react'
import type { StoredAssessment } from '../../domain/release/assessment'
import { overrideAssessment, SHORTEST_OVERRIDE } from '../../stores/release'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/field'
import { Stack } from '../../ui/layout'
import { showToast } from '../../ui/toasts'

/** Lets a rejected model pass, with a reason that stays in the history. */
export function OverrideForm({ stored }: { readonly stored: StoredAssessment }) {
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    const decision = await overrideAssessment(stored, reason)
    setBusy(false)
    if (!decision.ok) showToast({ title: 'The rejection stands', note: decision.error.message })
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <TextField
          label="Override, because"
          hint={`At least ${SHORTEST_OVERRIDE} characters; kept in the history for good`}
          value={reason}
          autoComplete="off"
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <div>
          <Button kind="danger" type="submit" disabled={busy || reason.trim().length < SHORTEST_OVERRIDE}>
            Override the rejection
          </Button>
        </div>
      </Stack>
    </form>
  )
}
