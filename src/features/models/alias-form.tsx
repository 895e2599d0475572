import { useState, type FormEvent } from 'react'
import type { Alias, ModelVersion } from '../../domain/registry/records'
import { aliasProblem } from '../../domain/registry/aliases'
import { CHAMPION } from '../../stores/model-name'
import { moveAlias } from '../../stores/registry'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { AliasChip } from '../../ui/status-chip'
import { showToast } from '../../ui/toasts'

interface AliasFormProps {
  readonly version: ModelVersion
  readonly aliases: readonly Alias[]
}

/** Points an alias at the version shown, with a reason that stays in the history. */
export function AliasForm({ version, aliases }: AliasFormProps) {
  const [alias, setAlias] = useState<string>(CHAMPION)
  const [reason, setReason] = useState('')
  const now = aliases.find((entry) => entry.alias === alias.trim())
  const here = now?.versionId === version.id
  const problem = aliasProblem(alias.trim())

  async function submit(event: FormEvent) {
    event.preventDefault()
    await move(alias.trim(), reason.trim(), version, now)
    setReason('')
  }

  return (
    <Panel title="Aliases" note="a name for the version in use; others follow it">
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <Row>
            {aliases.length === 0 && <span>No alias is set.</span>}
            {aliases.map((entry) => (
              <span key={entry.alias}>
                <AliasChip alias={entry.alias} /> {entry.versionId}
              </span>
            ))}
          </Row>
          <TextField
            label="Alias"
            hint={here ? `Names version ${version.version} already` : 'For example champion or challenger'}
            error={problem}
            value={alias}
            autoComplete="off"
            onChange={(event) => setAlias(event.currentTarget.value)}
          />
          <TextField
            label="Reason"
            hint="Kept in the history for good"
            value={reason}
            autoComplete="off"
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <div>
            <Button type="submit" disabled={problem !== null || here || reason.trim() === ''}>
              Move to version {version.version}
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  )
}

async function move(
  alias: string,
  reason: string,
  version: ModelVersion,
  before: Alias | undefined,
): Promise<void> {
  const decision = await moveAlias(version.model, alias, version.id, reason)
  if (!decision.ok) {
    showToast({ title: `${alias} was not moved`, note: decision.error.message })
    return
  }
  showToast({
    title: `${alias} now names version ${version.version}`,
    // An undo is a move of its own: the history shows both.
    undo: () => void moveAlias(version.model, alias, before?.versionId ?? null, `Undone: ${reason}`),
  })
}
