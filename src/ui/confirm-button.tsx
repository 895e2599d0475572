import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ReactElement } from 'react'
import { Button } from './button'
import styles from './confirm-button.module.css'

interface ConfirmButtonProps {
  /** The button that asks. */
  readonly trigger: ReactElement
  readonly title: string
  /** What will be gone, and how to get it back if that is possible. */
  readonly text: string
  readonly action: string
  readonly onConfirm: () => void
}

/** Asks before what no undo can bring back. */
export function ConfirmButton({ trigger, title, text, action, onConfirm }: ConfirmButtonProps) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger render={trigger} />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles['backdrop']} />
        <AlertDialog.Popup className={styles['popup']}>
          <AlertDialog.Title className={styles['title']}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={styles['text']}>{text}</AlertDialog.Description>
          <div className={styles['actions']}>
            <AlertDialog.Close render={<Button />}>Cancel</AlertDialog.Close>
            <AlertDialog.Close render={<Button kind="danger" />} onClick={onConfirm}>
              {action}
            </AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
