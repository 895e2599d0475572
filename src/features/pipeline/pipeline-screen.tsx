import { usePipelineFacts, useRetrainingFacts } from '../../stores/queries'
import { Stack } from '../../ui/layout'
import { RetrainPanel } from './retrain-panel'
import { RetrainingHistory } from './retraining-history'
import { StagesPanel } from './stages-panel'

/** From digits to a registered model: what is up to date, what is not and why; and retraining of the model in service. */
export function PipelineScreen() {
  const facts = usePipelineFacts()
  const retraining = useRetrainingFacts()
  if (facts === undefined || retraining === undefined) return null
  return (
    <Stack>
      <StagesPanel facts={facts} />
      <RetrainPanel facts={retraining} pipeline={facts} />
      <RetrainingHistory facts={retraining} pipeline={facts} />
    </Stack>
  )
}
