import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import { CircleStop, Database, ListTree, type LucideIcon } from 'lucide-react'
import { useLocation } from 'wouter'
import { loadMnist, stopIngest, useIngest } from '../stores/ingest'
import { useRuns } from '../stores/queries'
import { stopTraining, useTraining } from '../stores/training'
import styles from './command-palette.module.css'
import { SCREENS } from './screens'

interface Command {
  readonly label: string
  readonly hint: string
  readonly icon: LucideIcon
  readonly run: () => void
}

const SHOWN_RUNS = 20

interface CommandPaletteProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

/** Every screen, every stored run and what can be done now, found by typing. */
export function CommandPalette({ open, onOpenChange }: CommandPaletteProps) {
  const commands = useCommands()
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Popup className={styles['popup']} aria-label="Commands">
          <Autocomplete.Root
            inline
            open
            items={commands}
            itemToStringValue={(command: Command) => command.label}
            autoHighlight="always"
          >
            <Autocomplete.Input
              className={styles['input']}
              placeholder="Go to a screen or a run, or do something"
              aria-label="Search commands"
            />
            <Autocomplete.Empty className={styles['empty']}>
              Nothing matches. Try the name of a screen or of a run.
            </Autocomplete.Empty>
            <Autocomplete.List className={styles['list']} aria-label="Commands">
              {(command: Command) => (
                <Autocomplete.Item
                  key={`${command.hint} ${command.label}`}
                  value={command}
                  className={styles['item']}
                  onClick={() => {
                    onOpenChange(false)
                    command.run()
                  }}
                >
                  <command.icon aria-hidden />
                  {command.label}
                  <span className={styles['hint']}>{command.hint}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function useCommands(): readonly Command[] {
  const [, navigate] = useLocation()
  const runs = useRuns()
  const training = useTraining((state) => state.state)
  const ingest = useIngest((state) => state.state)
  const actions: Command[] = []
  if (training === 'running' || training === 'preparing')
    actions.push({
      label: 'Stop training',
      hint: 'Keeps what was learned',
      icon: CircleStop,
      run: stopTraining,
    })
  if (ingest === 'loading')
    actions.push({ label: 'Stop loading data', hint: 'Action', icon: CircleStop, run: stopIngest })
  else actions.push({ label: 'Load MNIST', hint: 'Action', icon: Database, run: loadMnist })
  return [
    ...SCREENS.map(({ path, title, icon }) => ({
      label: title,
      hint: 'Screen',
      icon,
      run: () => navigate(path),
    })),
    ...actions,
    ...(runs ?? []).slice(0, SHOWN_RUNS).map((run) => ({
      label: run.name,
      hint: 'Run',
      icon: ListTree,
      run: () => navigate(`/runs/${run.id}`),
    })),
  ]
}
