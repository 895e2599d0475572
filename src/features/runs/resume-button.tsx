import { useLocation } from 'wouter'
import type { ListedRun } from '../../stores/queries'
import { resumeTraining, useTraining } from '../../stores/training'
import { Button, type ButtonKind } from '../../ui/button'

interface ResumeButtonProps {
  readonly run: Pick<ListedRun, 'id' | 'name'>
  readonly kind?: ButtonKind
  /** Tells rows of a list apart. */
  readonly named?: boolean
}

/** Goes on with an interrupted run, and to where it is watched. One run at a time: it waits while another is under way. */
export function ResumeButton({ run, kind = 'plain', named = false }: ResumeButtonProps) {
  const [, navigate] = useLocation()
  const busy = useTraining(({ state }) => ['preparing', 'running', 'stopping'].includes(state))

  function resume() {
    resumeTraining(run)
    navigate('/train')
  }

  return (
    <Button
      kind={kind}
      disabled={busy}
      onClick={resume}
      {...(named ? { 'aria-label': `Resume ${run.name}` } : {})}
      {...(busy ? { title: 'Another run is under way' } : {})}
    >
      Resume
    </Button>
  )
}
