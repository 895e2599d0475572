import { useEffect, useRef } from 'react'
import { useSearchParams } from 'wouter'
import type { VersionId } from '../../domain/ids'
import type { Feedback } from '../../domain/registry/traffic'
import { loadVersions, useDrawing, type DrawingState } from '../../stores/drawing'
import {
  feedbackOn,
  giveFeedback,
  restoreFeedback,
  takeBackFeedback,
  useFeedback,
} from '../../stores/feedback'
import { STUDIO_MODEL } from '../../stores/model-name'
import { useAliases, useVersions } from '../../stores/queries'
import { Button, LinkButton } from '../../ui/button'
import { SelectField } from '../../ui/field'
import { Stack } from '../../ui/layout'
import { showToast } from '../../ui/toasts'
import { EmptyState, Notice } from '../../ui/notice'
import { Answers } from './answer'
import { readingOf, type Reader } from './answer-text'
import styles from './draw-screen.module.css'
import { DrawingPad, Samples } from './drawing-pad'
import { FeedbackPanel, tell } from './feedback-panel'
import { LogSwitch } from './log-switch'
import { useInk } from './use-ink'
import { Verdict, VERDICT_ROW } from './verdict'
import { chooseBeside, chooseVersion, versionChoices, wholeVersionBut, withChoice } from './version-choice'

/** Draw a digit and have it read, by the version or alias in the address, with another beside it if asked for. */
export function DrawScreen() {
  const versions = useVersions(STUDIO_MODEL)
  const aliases = useAliases(STUDIO_MODEL)
  if (versions === undefined || aliases === undefined) return null
  if (versions.length === 0)
    return (
      <EmptyState
        title="No model to draw for yet"
        action={
          <LinkButton href="/train" kind="primary">
            Train a model
          </LinkButton>
        }
      >
        Here you draw a digit and watch a model read it, with all ten probabilities. Train once: the first run
        that ends can be used here at once, also without a network.
      </EmptyState>
    )
  return <DrawingBoard versions={versions} aliases={aliases} />
}

interface BoardProps {
  readonly versions: NonNullable<ReturnType<typeof useVersions>>
  readonly aliases: NonNullable<ReturnType<typeof useAliases>>
}

function DrawingBoard({ versions, aliases }: BoardProps) {
  const [search, setSearch] = useSearchParams()
  const main = chooseVersion(versions, aliases, search)
  const beside = chooseBeside(versions, aliases, search)
  const readers: Reader[] = [main.version, beside.version]
    .filter((version) => version !== null)
    .filter((version, at, all) => all.indexOf(version) === at)
    .map(({ id, version }) => ({ id, name: `Version ${version}` }))
  const drawing = useDrawing((state) => state)
  const ink = useInk()
  const feedback = useFeedback()
  const ids = readers.map(({ id }) => id).join()

  useEffect(() => {
    loadVersions(ids.split(',') as VersionId[])
  }, [ids])

  useAliasNews(main.value, main.version?.version ?? null)
  const verdict = useVerdict(drawing, readers[0]?.id ?? null, ink.empty, feedback ?? [])
  const choices = versionChoices(versions, aliases)

  function choose(which: 'main' | 'beside', value: string) {
    setSearch((before) => withChoice(before, which, value), { replace: true })
  }

  return (
    <Stack>
      <Problems
        drawing={drawing}
        readers={readers}
        address={[main.problem, beside.problem].filter((problem) => problem !== null)}
        picture={ink.problem}
        instead={wholeVersionBut(versions, ids.split(','))}
        onInstead={(number) => choose('main', `version:${number}`)}
      />
      <div className={styles['layout']}>
        <DrawingPad
          ink={ink}
          pictureRead={drawing.reading !== null && drawing.reading.picture !== null}
          onVerdictKey={(key) => {
            if (key === 'right' && verdict.answered !== null) verdict.onSay(verdict.answered)
            if (key === 'wrong')
              document.getElementById(VERDICT_ROW)?.querySelector<HTMLElement>('button:enabled')?.focus()
          }}
        />
        <div className={styles['side']}>
          <Answers drawing={drawing} readers={readers} empty={ink.empty} />
          <Verdict {...verdict} />
          <div className={styles['pickers']}>
            <SelectField
              label="Model version"
              hint={main.version ? `${STUDIO_MODEL}, version ${main.version.version}` : ''}
              value={main.value}
              options={choices}
              onPick={(value) => choose('main', value)}
            />
            <SelectField
              label="Beside it"
              hint="A second version reads the same drawing"
              value={beside.value}
              options={[{ value: '', label: 'None' }, ...choices]}
              onPick={(value) => choose('beside', value)}
            />
          </div>
        </div>
        <Samples ink={ink} />
      </div>
      {feedback !== undefined && <FeedbackPanel feedback={feedback} />}
      <LogSwitch />
    </Stack>
  )
}

/** Says that the alias in use names another version now, which answers from then on. */
function useAliasNews(value: string, version: number | null): void {
  const last = useRef({ value, version })
  useEffect(() => {
    const before = last.current
    last.current = { value, version }
    if (before.value !== value || before.version === version || !value.startsWith('alias:')) return
    showToast({ title: `${value.slice('alias:'.length)} is now version ${version}` })
  }, [value, version])
}

interface ProblemsProps {
  readonly drawing: DrawingState
  readonly readers: readonly Reader[]
  /** What the address asks for in vain. */
  readonly address: readonly string[]
  readonly picture: string | null
  /** The number of another version, for when the main one cannot read; null when there is none. */
  readonly instead: number | null
  readonly onInstead: (version: number) => void
}

function Problems({ drawing, readers, address, picture, instead, onInstead }: ProblemsProps) {
  const failures = [
    ...(drawing.broken === null
      ? []
      : [{ title: 'The models cannot read', text: drawing.broken.message, another: null }]),
    ...readers.flatMap(({ id, name }, at) => {
      const load = drawing.loads[id]
      if (typeof load !== 'object') return []
      return [{ title: `${name} cannot read`, text: load.message, another: at === 0 ? instead : null }]
    }),
    ...(picture === null ? [] : [{ title: 'The picture cannot be read', text: picture, another: null }]),
  ]
  return (
    <>
      {address.map((problem) => (
        <Notice key={problem} tone="caution" title={problem}>
          <p>Choose one below; meanwhile it is read without.</p>
        </Notice>
      ))}
      {failures.map(({ title, text, another }) => (
        <Notice
          key={title}
          tone="failure"
          title={title}
          actions={
            another !== null && (
              <Button onClick={() => onInstead(another)}>Read with version {another}</Button>
            )
          }
        >
          <p>{text}</p>
        </Notice>
      ))}
    </>
  )
}

/** What a person says of the main version's answer, and how it is kept. */
function useVerdict(
  drawing: DrawingState,
  id: VersionId | null,
  empty: boolean,
  feedback: readonly Feedback[],
) {
  const reading = id === null || empty ? null : readingOf(drawing, id)
  const answer = reading?.kind === 'answer' ? reading : null
  const source = drawing.reading?.picture ? 'image' : 'draw'
  const given = answer === null ? null : feedbackOn(answer, feedback)
  return {
    answered: answer?.label ?? null,
    given,
    onSay: (label: number) => {
      if (answer === null || given?.label === label) return
      void giveFeedback(answer, source, label, given).then((decision) => {
        if (!decision.ok) tell(decision, '')
      })
    },
    onTakeBack: (taken: Feedback) => {
      void takeBackFeedback(taken.id).then((decision) =>
        tell(decision, 'Taken back', () => void restoreFeedback(taken)),
      )
    },
  }
}
