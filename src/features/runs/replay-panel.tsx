import { Check, X } from 'lucide-react'
import type { Replay } from '../../domain/registry/replay'
import { useReplays, type ListedRun } from '../../stores/queries'
import { startReplay, stopReplay, useReplay } from '../../stores/replay'
import { useTraining } from '../../stores/training'
import { Button } from '../../ui/button'
import { classNames } from '../../ui/class-names'
import { formatCounted, formatMoment } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { Progress } from '../../ui/progress'
import styles from './replay-panel.module.css'
import { epochMarks, tensorInWords, verdictInWords, type EpochMark } from './replay-text'

/** Executes the run once more from its record, and shows which epochs came out the same. */
export function ReplayPanel({ run }: { readonly run: ListedRun }) {
  const replay = useReplay()
  const [last] = useReplays(run.id) ?? []
  const running = replay.state === 'running' && replay.runId === run.id ? replay : null
  const marks = epochMarks(run.epochs.length, running?.epochs ?? (last === undefined ? [] : comparedBy(last)))
  return (
    <Panel title="Replay" actions={<ReplayActions run={run} again={last !== undefined} />}>
      <Stack>
        <p>
          Trains the run once more from its record, with its digits, seed and engine, and compares the weights
          after each epoch bit by bit. The run stays as it is.
        </p>
        {running !== null && (
          <Progress
            label={`Replaying, ${running.epochs.length} of ${formatCounted(run.epochs.length, 'epoch')} compared`}
            share={running.share}
            figures=""
          />
        )}
        {replay.state === 'failed' && replay.runId === run.id && (
          <Notice tone="failure" title="The replay could not be done">
            <p>{replay.error.message}</p>
          </Notice>
        )}
        {running === null && last !== undefined && <Verdict replay={last} />}
        {(running !== null || last !== undefined) && <Marks marks={marks} />}
      </Stack>
    </Panel>
  )
}

function ReplayActions({ run, again }: { readonly run: ListedRun; readonly again: boolean }) {
  const replay = useReplay()
  const training = useTraining(({ state }) => ['preparing', 'running', 'stopping'].includes(state))
  if (replay.state === 'running' && replay.runId === run.id)
    return <Button onClick={stopReplay}>Stop the replay</Button>
  const hindrance = hindranceOf(run, training, replay.state === 'running')
  return (
    <Button
      disabled={hindrance !== null}
      onClick={() => startReplay(run.id)}
      {...(hindrance === null ? {} : { title: hindrance })}
    >
      {again ? 'Replay again' : 'Replay'}
    </Button>
  )
}

function hindranceOf(run: ListedRun, training: boolean, replaying: boolean): string | null {
  if (run.epochs.length === 0) return 'No epoch of this run was finished'
  if (run.status.state === 'running' && !run.interrupted) return 'This run is still under way'
  if (training) return 'A run is under way'
  return replaying ? 'Another replay is under way' : null
}

function Verdict({ replay }: { readonly replay: Replay }) {
  const { verdict, at, engine, host, appVersion } = replay
  return (
    <Notice tone={verdict.kind === 'same' ? 'good' : 'failure'} title={verdictInWords(replay)}>
      {verdict.kind === 'different' && <p>{tensorInWords(verdict.tensor)}</p>}
      <p>
        {formatMoment(at)}, {engine.device}, {host}, studio {appVersion}
      </p>
    </Notice>
  )
}

function comparedBy({ epochsSame, verdict }: Replay): readonly boolean[] {
  const same = Array.from({ length: epochsSame }, () => true)
  return verdict.kind === 'same' ? same : [...same, false]
}

const MARK_TEXT = { same: 'same weights', different: 'other weights', open: 'not compared' } as const

function Marks({ marks }: { readonly marks: readonly EpochMark[] }) {
  return (
    <ol className={styles['marks']} aria-label="Epochs compared">
      {marks.map((mark, index) => (
        <li
          // Epochs have no other name than their number.
          key={index + 1}
          className={classNames(styles['mark'], mark !== 'open' && styles[mark])}
          title={`Epoch ${index + 1}: ${MARK_TEXT[mark]}`}
        >
          <span className="visually-hidden">Epoch </span>
          {index + 1}
          {mark === 'same' && <Check aria-hidden />}
          {mark === 'different' && <X aria-hidden />}
          <span className="visually-hidden">: {MARK_TEXT[mark]}</span>
        </li>
      ))}
    </ol>
  )
}
