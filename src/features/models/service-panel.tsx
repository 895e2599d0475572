import { useState } from 'react'
import type { VersionId } from '../../domain/ids'
import type { RegistryEvent } from '../../domain/registry/records'
import { STAGES } from '../../domain/registry/stages'
import { passedAssessment, passedReason } from '../../domain/release/passed'
import type { Decision } from '../../stores/decision'
import { CHAMPION } from '../../stores/model-name'
import { useAssessments, type ListedVersion } from '../../stores/queries'
import { moveStage, promoteVersion, rollBack } from '../../stores/registry'
import { Button } from '../../ui/button'
import { SelectField, TextField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { showToast } from '../../ui/toasts'
import styles from './models.module.css'

interface ServicePanelProps {
  readonly version: ListedVersion
  readonly champion: VersionId | undefined
  readonly events: readonly RegistryEvent[]
}

/** Puts a version into service, or back into it, and moves its stage. */
export function ServicePanel({ version, champion, events }: ServicePanelProps) {
  const assessments = useAssessments(version.weightsSha256)
  const passed = assessments === undefined ? null : passedAssessment(assessments)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const isChampion = champion === version.id
  const wasChampion = events.some(
    ({ action }) => action.kind === 'alias-moved' && action.alias === CHAMPION && action.to === version.id,
  )
  const why = reason.trim()

  async function act(done: string, action: () => Promise<Decision<void>>) {
    setBusy(true)
    const decision = await action()
    setBusy(false)
    if (decision.ok) setReason('')
    showToast(decision.ok ? { title: done } : { title: 'Nothing was changed', note: decision.error.message })
  }

  return (
    <Panel title="In service" note={isChampion ? 'this is the champion' : (champion ?? 'no champion')}>
      <Stack>
        <p className={styles['text']}>
          {standing(isChampion, passed === null ? null : passedReason(passed))}
        </p>
        <TextField
          label="Why"
          hint="Kept in the history; a version that a gate let pass needs none to become champion"
          value={reason}
          autoComplete="off"
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Row>
          <Button
            kind="primary"
            disabled={busy || isChampion || version.damaged || (passed === null && why === '')}
            onClick={() =>
              void act(`${CHAMPION} now names version ${version.version}`, () =>
                promoteVersion(version.id, why === '' ? null : why),
              )
            }
          >
            Make it the champion
          </Button>
          {wasChampion && !isChampion && (
            <Button
              disabled={busy || why === ''}
              onClick={() =>
                void act(`Rolled back to version ${version.version}`, () =>
                  rollBack(CHAMPION, version.id, why),
                )
              }
            >
              Roll back to it
            </Button>
          )}
        </Row>
        <SelectField
          label="Stage of the version"
          hint="MLflow’s stages; any number of versions may share one"
          value={version.stage}
          disabled={busy}
          options={STAGES.map((value) => ({ value, label: value }))}
          onPick={(value) => {
            const stage = STAGES.find((known) => known === value)
            if (stage)
              void act(`Version ${version.version} is now in stage ${stage}`, () =>
                moveStage(version.id, stage, why === '' ? 'Moved by hand' : why),
              )
          }}
        />
      </Stack>
    </Panel>
  )
}

function standing(isChampion: boolean, passed: string | null): string {
  if (isChampion) return 'Drawings and requests that name the champion are answered by this version.'
  if (passed === null)
    return 'No gate has let these weights pass. Run the gate, or write why the version may serve all the same.'
  return `${passed}. It may become the champion.`
}
