import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Feedback } from '../../domain/registry/traffic'
import type { Decision } from '../../stores/decision'
import { feedbackJson, restoreFeedback, takeBackFeedback } from '../../stores/feedback'
import { Button, IconButton, LinkButton } from '../../ui/button'
import { ConfirmButton } from '../../ui/confirm-button'
import { DigitImage } from '../../ui/digit-image'
import { downloadFile } from '../../ui/download'
import { formatCount } from '../../ui/format'
import { Panel } from '../../ui/panel'
import { showToast } from '../../ui/toasts'
import styles from './draw-screen.module.css'

/** So many are shown at first, and so many more each time. */
const PAGE = 24

/** What was said of answers so far, to look through, take back, take along and learn from. */
export function FeedbackPanel({ feedback }: { readonly feedback: readonly Feedback[] }) {
  const [shown, setShown] = useState(PAGE)
  const right = feedback.filter(({ label, answered }) => label === answered).length
  const some = feedback.length > 0
  return (
    <Panel
      title="Feedback"
      note={`${formatCount(right)} right, ${formatCount(feedback.length - right)} corrected`}
      actions={
        some && (
          <>
            <LinkButton href="/pipeline">Learn from it</LinkButton>
            <Button onClick={() => downloadFile('feedback.json', 'application/json', feedbackJson(feedback))}>
              Export JSON
            </Button>
            <DeleteAll feedback={feedback} />
          </>
        )
      }
    >
      {!some && (
        <p className={styles['prose']}>
          Say “Right” or “No, it was …” under an answer: your digits are kept here, on this machine, and a
          model can learn from them.
        </p>
      )}
      <ul className={styles['feedback']} aria-label="Feedback so far">
        {feedback.slice(0, shown).map((entry) => (
          <FeedbackItem key={entry.id} entry={entry} />
        ))}
      </ul>
      {feedback.length > shown && (
        <Button onClick={() => setShown(shown + PAGE)}>
          Show more ({formatCount(feedback.length - shown)} left)
        </Button>
      )}
    </Panel>
  )
}

function FeedbackItem({ entry }: { readonly entry: Feedback }) {
  const text = entry.label === entry.answered ? `${entry.label}, right` : `${entry.answered} → ${entry.label}`
  return (
    <li className={styles['entry']}>
      <DigitImage image={entry.digit} label={`Your digit: ${text}`} />
      <span title={`${entry.versionId}${entry.usedIn === null ? '' : ', in a dataset already'}`}>{text}</span>
      <IconButton
        label={`Delete feedback ${text}`}
        onClick={() => {
          void takeBackFeedback(entry.id).then((decision) =>
            tell(decision, 'Feedback deleted', () => void restoreFeedback(entry)),
          )
        }}
      >
        <Trash2 aria-hidden />
      </IconButton>
    </li>
  )
}

function DeleteAll({ feedback }: { readonly feedback: readonly Feedback[] }) {
  return (
    <ConfirmButton
      trigger={<Button kind="quiet">Delete all</Button>}
      title={`Delete ${formatCount(feedback.length)} digits with what you said of them?`}
      text="Datasets that were made with them keep their copies. This cannot be undone; export them first to keep them."
      action="Delete all"
      onConfirm={() => {
        void Promise.all(feedback.map(({ id }) => takeBackFeedback(id))).then((decisions) => {
          const failed = decisions.find((decision) => !decision.ok)
          tell(failed ?? { ok: true, value: undefined }, 'Feedback deleted')
        })
      }}
    />
  )
}

/** Says that it was done, or why not. */
export function tell(decision: Decision<unknown>, title: string, undo?: () => void): void {
  if (!decision.ok) showToast({ title: 'That could not be done', note: decision.error.message })
  else showToast(undo === undefined ? { title } : { title, undo })
}
