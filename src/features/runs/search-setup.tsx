import { Plus, X } from 'lucide-react'
import { useMemo, useState, type FormEvent } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { DESIGN_LADDER } from '../../domain/model/ladder'
import { recipeEntries, type RecipePath } from '../../domain/params/draft'
import type { StudioParams } from '../../domain/params/schema'
import { pageParams } from '../../stores/defaults'
import { useRecipeDraft } from '../../stores/recipe-draft'
import { startSearch, useSearchDriver, type NewSearch } from '../../stores/search'
import { useTraining } from '../../stores/training'
import { Button, IconButton } from '../../ui/button'
import { SelectField, TextField } from '../../ui/field'
import { formatCount, formatCounted } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { axisDrafts, readGrid, withEpochs, type AxisDraft } from './search-form'
import styles from './search.module.css'

/** What to try, and the ladder as one click. Everything else is as on Train. */
export function SearchSetup({ dataset }: { readonly dataset: DatasetRecord }) {
  const address = useSearch()
  const { draft } = useRecipeDraft()
  const [epochs, setEpochs] = useState('')
  const file = useMemo(() => pageParams(address), [address])
  const resolution = useMemo(() => pageParams(address, withEpochs(draft, epochs)), [address, draft, epochs])
  const [problem, setProblem] = useState<string | null>(null)
  const [, navigate] = useLocation()
  const driving = useSearchDriver().active !== null
  const training = useTraining(({ state }) => ['preparing', 'running', 'stopping'].includes(state))

  async function start(search: Pick<NewSearch, 'name' | 'kind' | 'changes'>): Promise<void> {
    if (!resolution.ok) return
    const started = await startSearch({ ...search, dataset, base: resolution.params })
    if (started.ok) navigate(`/runs/search/${started.value}`)
    else setProblem(started.error.message)
  }

  const busy = driving || training
  return (
    <Stack>
      {!resolution.ok && (
        <Notice tone="failure" title="The recipe on Train cannot be started from">
          {resolution.problems.map(({ path, message }) => (
            <p key={path}>{message}</p>
          ))}
        </Notice>
      )}
      {problem !== null && (
        <Notice tone="failure" title="The search was not started">
          <p>{problem}</p>
        </Notice>
      )}
      {busy && <Notice tone="info" title="Another run is under way; a search can begin when it ended" />}
      <Panel
        title="Every trial"
        note={`on ${dataset.name}, ${formatCount(dataset.train.profile.count)} training images`}
      >
        <Stack>
          <p>
            All that a search does not change is as on <Link href="/train">Train</Link>. The best trial is
            chosen on validation digits, never on the test split.
          </p>
          <div className={styles['narrow']}>
            <TextField
              label="Epochs of each trial"
              inputMode="numeric"
              placeholder={resolution.ok ? String(resolution.params.train.epochs) : ''}
              value={epochs}
              hint="Empty: as on Train"
              onChange={(event) => setEpochs(event.currentTarget.value)}
            />
          </div>
        </Stack>
      </Panel>
      {file.ok && (
        <Grid
          params={file.params}
          disabled={busy || !resolution.ok}
          onStart={(name, changes) => void start({ name, kind: 'grid', changes })}
        />
      )}
      <Panel
        title="Design ladder"
        note={formatCounted(DESIGN_LADDER.length, 'published network')}
        actions={
          <Button
            disabled={busy || !resolution.ok}
            onClick={() =>
              void start({
                name: 'Design ladder',
                kind: 'ladder',
                changes: DESIGN_LADDER.map(({ preset }) => ({ 'train.preset': preset })),
              })
            }
          >
            Climb the ladder
          </Button>
        }
      >
        <p>
          Trains {DESIGN_LADDER.map(({ preset }) => preset).join(', ')} with one recipe, and says what each
          step of the design is worth.
        </p>
      </Panel>
    </Stack>
  )
}

interface GridProps {
  readonly params: StudioParams
  readonly disabled: boolean
  readonly onStart: (name: string, changes: NewSearch['changes']) => void
}

/** The parameters whose values are tried in every combination. */
function Grid({ params, disabled, onStart }: GridProps) {
  const [axes, setAxes] = useState<readonly AxisDraft[]>(() => axisDrafts(params))
  const [name, setName] = useState('Grid search')
  const grid = readGrid(axes, params.search.max_trials)
  const paths = recipeEntries(params).map(([path]) => path)
  const free = paths.filter((path) => !axes.some((axis) => axis.path === path))

  function put(index: number, axis: AxisDraft): void {
    setAxes(axes.map((one, at) => (at === index ? axis : one)))
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (grid.ok) onStart(name, grid.trials)
  }

  return (
    <Panel
      title="Grid search"
      note="every combination is one trial; the lists come from search in params.yaml"
    >
      <form onSubmit={submit}>
        <Stack>
          {axes.map((axis, index) => (
            <div key={axis.path} className={styles['axis']}>
              <SelectField
                label="Parameter"
                value={axis.path}
                options={[axis.path, ...free].map((path) => ({ value: path, label: path }))}
                onPick={(picked) => {
                  const path = paths.find((known) => known === picked)
                  if (path !== undefined) put(index, { path, text: axis.text })
                }}
              />
              <TextField
                label={`Values of ${axis.path}`}
                autoComplete="off"
                value={axis.text}
                hint="Separated by commas"
                error={grid.ok ? null : grid.problems.get(axis.path)}
                onChange={(event) => put(index, { ...axis, text: event.currentTarget.value })}
              />
              <IconButton
                label={`Take ${axis.path} out`}
                onClick={() => setAxes(axes.filter(({ path }) => path !== axis.path))}
              >
                <X aria-hidden />
              </IconButton>
            </div>
          ))}
          <Row>
            <Button disabled={free.length === 0} onClick={() => setAxes([...axes, added(free, params)])}>
              <Plus aria-hidden />
              Another parameter
            </Button>
          </Row>
          <div className={styles['narrow']}>
            <TextField
              label="Search name"
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </div>
          {!grid.ok && grid.message !== null && <p className={styles['problem']}>{grid.message}</p>}
          <Row>
            <Button type="submit" kind="primary" disabled={disabled || !grid.ok || name.trim() === ''}>
              {grid.ok ? `Start ${formatCounted(grid.trials.length, 'trial')}` : 'Start the search'}
            </Button>
          </Row>
        </Stack>
      </form>
    </Panel>
  )
}

/** What is tried most is offered first, with its present value to go from. */
function added(free: readonly RecipePath[], params: StudioParams): AxisDraft {
  const usual: readonly RecipePath[] = ['train.lr', 'train.seed', 'train.batch_size', 'train.preset']
  const path = usual.find((known) => free.includes(known)) ?? free[0] ?? 'train.lr'
  const value = new Map(recipeEntries(params)).get(path)
  return { path, text: String(value ?? '') }
}
