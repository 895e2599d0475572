import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from './button'
import styles from './toasts.module.css'

export interface ToastText {
  readonly title: string
  readonly note?: string
  /** A way back, offered as long as the toast stands. */
  readonly undo?: () => void
}

const manager = Toast.createToastManager()
const UNDO_MS = 10_000
const PLAIN_MS = 5_000

/** Says that something was done, and offers to undo it. */
export function showToast({ title, note, undo }: ToastText): void {
  const id = manager.add({
    title,
    timeout: undo === undefined ? PLAIN_MS : UNDO_MS,
    ...(note === undefined ? {} : { description: note }),
    ...(undo === undefined
      ? {}
      : {
          actionProps: {
            children: 'Undo',
            onClick: () => {
              undo()
              manager.close(id)
            },
          },
        }),
  })
}

/** Where toasts appear: wrap the page in it once. */
export function ToastHost({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles['viewport']} aria-label="Messages">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function ToastList() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles['toast']}>
      <Toast.Content className={styles['content']}>
        <Toast.Title className={styles['title']} render={<p />} />
        <Toast.Description className={styles['note']} />
      </Toast.Content>
      {toast.actionProps && <Toast.Action render={<Button />} />}
      <Toast.Close render={<IconButton label="Dismiss">{<X aria-hidden />}</IconButton>} />
    </Toast.Root>
  ))
}
