import { isEnded } from '../../domain/registry/run'
import { useAnswered, useRetrainingFacts, type ListedRun } from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { formatCounted } from '../../ui/format'
import { Row } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { nextInLoop, type LoopStep } from './next-in-loop'

/** Where the work goes on once a model was trained: draw, compare and gate, monitor, retrain, and from the start. */
export function LoopNext({ runs }: { readonly runs: readonly ListedRun[] }) {
  const facts = useRetrainingFacts()
  const answered = useAnswered()
  if (facts === undefined || answered === undefined) return null
  const step = nextInLoop({
    answered,
    runs: runs.filter(isEnded).length,
    unusedFeedback: facts.unusedFeedback,
    looks: facts.reports.length,
    drift: facts.reports[0]?.verdict === 'drift' && facts.reports[0].at > (facts.retrainings[0]?.at ?? 0),
  })
  const { href, action, why } = words(step, facts.unusedFeedback)
  return (
    <Panel title="Next">
      <Row>
        <LinkButton href={href} kind="primary">
          {action}
        </LinkButton>
        {step !== 'draw' && <LinkButton href="/draw">Draw a digit</LinkButton>}
        {step !== 'train' && <LinkButton href="/train">Train another model</LinkButton>}
        <span>{why}</span>
      </Row>
    </Panel>
  )
}

function words(step: LoopStep, unusedFeedback: number) {
  switch (step) {
    case 'draw':
      return {
        href: '/draw',
        action: 'Draw a digit',
        why: 'The model in service reads what you draw. Tell it where it is wrong: that is kept to learn from.',
      }
    case 'train':
      return {
        href: '/train',
        action: 'Train another model',
        why: 'With a second one there is something to compare, and the gate can say which is better.',
      }
    case 'retrain':
      return {
        href: '/pipeline',
        action: 'Retrain the champion',
        why:
          unusedFeedback > 0
            ? `${formatCounted(unusedFeedback, 'named digit')} wait to be learned; the release gate decides whether the new model is better.`
            : 'What the champion reads has changed; the release gate decides whether a new model is better.',
      }
    case 'monitor':
      return {
        href: '/monitor',
        action: 'Look for drift',
        why: 'See whether what the model is asked still looks like what it learned from.',
      }
    case 'compare':
      return {
        href: '/runs',
        action: 'Compare the runs',
        why: 'Choose the best, put it through the release gate on Models, and let Pipeline keep it up to date.',
      }
  }
}
