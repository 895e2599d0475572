import { useLocation } from 'wouter'
import { STUDIO_MODEL } from '../../stores/model-name'
import { registerBest } from '../../stores/registry'
import { Row } from '../../ui/layout'
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
  const names = models.includes(address.model) ? models : [...models, address.model]
  return (
    <Row between>
      {names.length > 1 ? (
        <Segmented
          label="Registered model"
          value={address.model}
          options={names.map((name) => ({ value: name, label: name }))}
          onChange={(model) =>
            navigate(modelsHref(address, { model, version: null, stage: null, alias: null }, STUDIO_MODEL))
          }
        />
      ) : (
        <span />
      )}
      <Menu
        label="Register the best run"
        items={METRICS}
        onPick={(metric) => void register(metric, address.model)}
      />
    </Row>
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
