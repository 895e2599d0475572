import { useEffect } from 'react'
import { useSearchParams } from 'wouter'
import { loadVersion, useDrawing } from '../../stores/drawing'
import { STUDIO_MODEL } from '../../stores/model-name'
import { useAliases, useVersions } from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { SelectField } from '../../ui/field'
import { Stack } from '../../ui/layout'
import { EmptyState, Notice } from '../../ui/notice'
import { Answer } from './answer'
import styles from './draw-screen.module.css'
import { DrawingPad, Samples } from './drawing-pad'
import { chooseVersion, versionChoices } from './version-choice'
import { useInk } from './use-ink'

/** Draw a digit and have it read, by the version or alias in the address. */
export function DrawScreen() {
  const versions = useVersions(STUDIO_MODEL)
  const aliases = useAliases(STUDIO_MODEL)
  const [search, setSearch] = useSearchParams()
  const drawing = useDrawing((state) => state)
  const chosen = versions && aliases ? chooseVersion(versions, aliases, search) : null
  const versionId = chosen?.version?.id ?? null
  const ink = useInk(versionId)

  useEffect(() => {
    if (versionId !== null) loadVersion(versionId)
  }, [versionId])

  if (versions === undefined || aliases === undefined || chosen === null) return null
  if (versions.length === 0)
    return (
      <EmptyState
        title="No model to draw for yet"
        action={
          <LinkButton href="/train" kind="primary">
            Train a model
          </LinkButton>
        }
      >
        Here you draw a digit and watch a model read it, with all ten probabilities. Train once: the first run
        that ends can be used here at once, also without a network.
      </EmptyState>
    )
  return (
    <Stack>
      {chosen.problem !== null && (
        <Notice tone="caution" title={chosen.problem}>
          <p>Choose one below; the newest is used meanwhile.</p>
        </Notice>
      )}
      {drawing.state === 'failed' && (
        <Notice tone="failure" title="The model cannot read">
          <p>{drawing.error.message}</p>
        </Notice>
      )}
      <div className={styles['layout']}>
        <DrawingPad ink={ink} />
        <div className={styles['side']}>
          <Answer drawing={drawing} empty={ink.history.strokes.length === 0} />
          <SelectField
            label="Model version"
            hint={chosen.version ? `${STUDIO_MODEL}, version ${chosen.version.version}` : ''}
            value={chosen.value}
            options={versionChoices(versions, aliases)}
            onPick={(value) => {
              const [kind = 'version', name = ''] = value.split(':')
              setSearch({ [kind]: name }, { replace: true })
            }}
          />
        </div>
        <Samples ink={ink} />
      </div>
    </Stack>
  )
}
