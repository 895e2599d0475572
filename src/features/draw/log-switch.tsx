import { useState } from 'react'
import { clearLog, switchLog, usePredictionLog } from '../../stores/prediction-log'
import { Button } from '../../ui/button'
import { ConfirmButton } from '../../ui/confirm-button'
import { CheckField } from '../../ui/field'
import { formatCounted } from '../../ui/format'
import styles from './draw-screen.module.css'
import { tell } from './feedback-panel'

/** Whether answers are noted, how many are, and the way to be rid of them. */
export function LogSwitch() {
  const log = usePredictionLog()
  /** What was chosen here; storing it takes a moment. */
  const [asked, setAsked] = useState<boolean | null>(null)
  if (log === undefined) return null
  return (
    <div className={styles['log']}>
      <CheckField
        label="Note answers, to look for drift"
        hint={`${formatCounted(log.count, 'answer')} noted. One a finished drawing, with the digit; they stay on this machine.`}
        checked={asked ?? log.on}
        onCheck={(on) => {
          setAsked(on)
          void switchLog(on).then((decision) => {
            if (decision.ok) return
            setAsked(null)
            tell(decision, '')
          })
        }}
      />
      {log.count > 0 && (
        <ConfirmButton
          trigger={<Button kind="quiet">Delete noted answers</Button>}
          title={`Delete ${formatCounted(log.count, 'noted answer')}?`}
          text="Those to requests of the API go, too. Drift reports stay. This cannot be undone."
          action="Delete"
          onConfirm={() => {
            void clearLog().then((decision) => tell(decision, 'Noted answers deleted'))
          }}
        />
      )}
    </div>
  )
}
