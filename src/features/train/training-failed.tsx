import type { RunId } from '../../domain/ids'
import { draftTo, recipeEntries } from '../../domain/params/draft'
import { pageParams } from '../../stores/defaults'
import { useRun } from '../../stores/queries'
import { setRecipeDraft } from '../../stores/recipe-draft'
import type { TrainingState } from '../../stores/training-state'
import { Button, LinkButton } from '../../ui/button'
import { Row } from '../../ui/layout'
import { Notice } from '../../ui/notice'

/** Failures that another engine would not have. */
const OF_THE_GPU: ReadonlySet<string> = new Set(['device-lost', 'device-hung'])

interface TrainingFailedProps {
  readonly error: Extract<TrainingState, { state: 'failed' }>['error']
  readonly runId: RunId | null
}

/** Why a run did not get to its end, and the ways on. */
export function TrainingFailed({ error, runId }: TrainingFailedProps) {
  return (
    <Notice
      tone="failure"
      title="Training failed"
      actions={
        runId !== null && (
          <Row>
            <LinkButton href={`/runs/${runId}`}>Open the run</LinkButton>
            {OF_THE_GPU.has(error.code) && <OnTheProcessor runId={runId} />}
          </Row>
        )
      }
    >
      <p>{error.message}</p>
    </Notice>
  )
}

/** The run's recipe in the form below, for the engine that needs no GPU. It would be another run: its last bits are others. */
function OnTheProcessor({ runId }: { readonly runId: RunId }) {
  const run = useRun(runId)
  const page = pageParams('')
  if (!run || !page.ok) return null
  const { params: train, augment } = run
  const wanted = recipeEntries({ train: { ...train, engine: 'wasm' }, augment })
  return (
    <Button onClick={() => setRecipeDraft(draftTo(wanted, page.params))}>
      Take its recipe to the processor
    </Button>
  )
}
