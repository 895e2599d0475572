import type { ListedRun } from '../../stores/queries'
import { formatCount } from '../../ui/format'
import { Panel } from '../../ui/panel'
import { resultOf } from '../../ui/run-text'
import { AnswerGrid } from './answer-grid'

/** Every test digit the model got wrong, its surest mistakes first. */
export function MisreadTab({ run }: { readonly run: ListedRun }) {
  const evaluation = resultOf(run)?.evaluation
  const misread = evaluation === undefined ? 0 : evaluation.count - evaluation.correct
  return (
    <Panel
      title="Misread digits"
      note={`${formatCount(misread)} of the test split, as “is → read as” with the model’s confidence, surest first`}
    >
      <AnswerGrid run={run} filter={null} expected={misread} />
    </Panel>
  )
}
