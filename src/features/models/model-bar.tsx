import { useState } from 'react'
import { useLocation } from 'wouter'
import { STUDIO_MODEL } from '../../stores/model-name'
import { modelProblem, registerBest } from '../../stores/registry'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { TextField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import { Menu } from '../../ui/menu'
import { Segmented } from '../../ui/segmented'
import { showToast } from '../../ui/toasts'
import { modelsHref, type ModelsAddress } from './models-address'

const METRICS = [
  {
    id: 'validation_accuracy',
    title: 'By validation accuracy',
    text: 'The highest at the end of a run; of equals the smaller model.',
  },
  {
    id: 'validation_loss',
    title: 'By validation loss',
    text: 'The lowest at the end of a run. Test figures are never chosen by.',
  },
] as const

interface ModelBarProps {
  readonly models: readonly string[]
  readonly address: ModelsAddress
}

/** Which registered model is shown, and a new version of it from the best run. */
export function ModelBar({ models, address }: ModelBarProps) {
  const [, navigate] = useLocation()
  function open(model: string) {
    navigate(modelsHref(address, { model, version: null, stage: null, alias: null }, STUDIO_MODEL))
  }
  const names = models.includes(address.model) ? models : [...models, address.model]
  return (
    <Row between>
      {names.length > 1 ? (
        <Segmented
          label="Registered model"
          value={address.model}
          options={names.map((name) => ({ value: name, label: name }))}
          onChange={open}
        />
      ) : (
        <span />
      )}
      <Row>
        <OtherModel open={open} />
        <Menu
          label="Register the best run"
          items={METRICS}
          onPick={(metric) => void register(metric, address.model)}
        />
      </Row>
    </Row>
  )
}

/** Opens a model under another name; its first version makes it. */
function OtherModel({ open }: { readonly open: (model: string) => void }) {
  const [asking, setAsking] = useState(false)
  const [name, setName] = useState('')
  const problem = name === '' ? null : modelProblem(name.trim())
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        Another model
      </Button>
      {asking && (
        <Dialog title="Another registered model" onClose={() => setAsking(false)}>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              setAsking(false)
              open(name.trim())
            }}
          >
            <Stack>
              <TextField
                label="Name"
                hint="Its first version makes it: register a run or import a bundle there"
                error={problem}
                value={name}
                autoComplete="off"
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <div>
                <Button kind="primary" type="submit" disabled={name.trim() === '' || problem !== null}>
                  Open it
                </Button>
              </div>
            </Stack>
          </form>
        </Dialog>
      )}
    </>
  )
}

async function register(metric: string, model: string): Promise<void> {
  const decision = await registerBest(metric, { model })
  showToast(
    decision.ok
      ? { title: `Registered as ${decision.value}` }
      : { title: 'No version was registered', note: decision.error.message },
  )
}
