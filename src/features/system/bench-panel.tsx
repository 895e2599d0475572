import { useEffect, useState } from 'react'
import { BENCH_ENGINES, type BenchEngine } from '../../domain/bench/task'
import { presetNames } from '../../domain/model/presets'
import { type BenchState, startBench, stopBench, useBench } from '../../stores/bench'
import { Button } from '../../ui/button'
import { CheckList } from '../../ui/check-list'
import { TextField } from '../../ui/field'
import { Facts } from '../../ui/figures'
import { formatCounted, formatPercent } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { Progress } from '../../ui/progress'
import { Segmented } from '../../ui/segmented'
import { BenchOutcome } from './bench-outcome'
import styles from './bench-panel.module.css'
import {
  type BenchDraft,
  type BenchPlan,
  leastSeconds,
  planBench,
  usualBatch,
  withChoice,
} from './bench-plan'
import type { Fact } from './report'

const ENGINE_OPTIONS = BENCH_ENGINES.map((engine) => ({ value: engine, label: engine }))
const PRESET_OPTIONS = presetNames.map((name) => ({ value: name, label: name }))

const TASKS = [
  { value: 'train', label: 'Training' },
  { value: 'infer', label: 'Inference' },
] as const

interface BenchPanelProps {
  /** Browser, threads and adapter. */
  readonly machine: readonly Fact[]
  /** A real GPU is there: its engine is measured unless somebody says otherwise. */
  readonly realGpu: boolean
  /** A run trains in some tab: both would be slowed down. */
  readonly training: boolean
}

/** Engines side by side on this machine, measured in turns. Leaving the screen ends the measurement. */
export function BenchPanel({ machine, realGpu, training }: BenchPanelProps) {
  const bench = useBench((state) => state)
  const [draft, setDraft] = useState<Partial<BenchDraft>>({})
  const task = draft.task ?? 'train'
  const filled: BenchDraft = {
    task,
    presets: draft.presets ?? ['rf5-13k'],
    engines: draft.engines ?? (realGpu ? ['wasm', 'webgpu'] : ['wasm']),
    batch: draft.batch ?? String(usualBatch(task)),
  }

  useEffect(() => stopBench, [])

  return (
    <Panel title="Benchmark" note="Engines side by side on this machine, measured in turns">
      <Stack>
        <BenchForm
          draft={filled}
          running={bench.state === 'running'}
          onDraft={(change) => setDraft({ ...draft, ...change })}
        />
        <RunRow draft={filled} bench={bench} training={training} />
        <BenchOutcome bench={bench} machine={machine} />
        <Facts items={machine} />
      </Stack>
    </Panel>
  )
}

interface BenchFormProps {
  readonly draft: BenchDraft
  readonly running: boolean
  readonly onDraft: (change: Partial<BenchDraft>) => void
}

function BenchForm({ draft, running, onDraft }: BenchFormProps) {
  const { task, presets, engines, batch } = draft

  function chooseEngine(engine: BenchEngine, wanted: boolean): void {
    onDraft({ engines: withChoice(BENCH_ENGINES, engines, engine, wanted) })
  }

  return (
    <div className={styles['choices']}>
      <Segmented
        label="What is measured"
        value={task}
        options={TASKS}
        onChange={(value) => onDraft({ task: value })}
      />
      {task === 'train' && (
        <CheckList
          label="Engines"
          options={ENGINE_OPTIONS}
          chosen={engines}
          disabled={running}
          onChoose={chooseEngine}
        />
      )}
      <div className={styles['batch']}>
        <TextField
          label="Batch"
          inputMode="numeric"
          autoComplete="off"
          hint="Images"
          value={batch}
          disabled={running}
          onChange={(event) => onDraft({ batch: event.currentTarget.value })}
        />
      </div>
      <details className={styles['presets']}>
        <summary>
          {presets.length === 0
            ? 'No preset chosen'
            : `${presets.length === 1 ? 'Preset' : 'Presets'}: ${presets.join(', ')}`}
        </summary>
        <CheckList
          label="Presets"
          options={PRESET_OPTIONS}
          chosen={presets}
          disabled={running}
          onChoose={(preset, wanted) =>
            onDraft({ presets: withChoice(presetNames, presets, preset, wanted) })
          }
        />
      </details>
    </div>
  )
}

interface RunRowProps {
  readonly draft: BenchDraft
  readonly bench: BenchState
  readonly training: boolean
}

/** One button in one place, so that the keyboard stays where it is when a benchmark begins or ends. */
function RunRow({ draft, bench, training }: RunRowProps) {
  const plan = planBench(draft)
  const running = bench.state === 'running'

  function press(): void {
    if (running) stopBench()
    else if (plan.kind === 'ready') startBench(plan.task)
  }

  return (
    <Stack>
      <Row>
        <Button
          kind={running ? 'plain' : 'primary'}
          disabled={!running && (plan.kind === 'incomplete' || training)}
          onClick={press}
        >
          {running ? 'Stop' : 'Run benchmark'}
        </Button>
        <span className={styles['quiet']} role="status">
          {running ? '' : hintOf(plan, draft, training)}
        </span>
      </Row>
      {running && (
        <Progress
          label={bench.progress?.doing ?? 'Starting'}
          share={bench.progress?.share ?? null}
          figures={bench.progress === null ? '' : formatPercent(bench.progress.share, 0)}
        />
      )}
    </Stack>
  )
}

function hintOf(plan: BenchPlan, draft: BenchDraft, training: boolean): string {
  if (training)
    return 'A run is training now, and each would slow the other down: wait for its end, or stop it first.'
  if (plan.kind === 'incomplete') return plan.reason
  const seconds = formatCounted(leastSeconds(plan.task), 'second')
  return `About ${seconds}${slowHint(draft)}. Training and other work on this machine spoil the figures.`
}

/** Stock tfjs takes seconds a step without a GPU. */
function slowHint({ task, engines }: BenchDraft): string {
  return task === 'train' && engines.some((engine) => engine.startsWith('tfjs-'))
    ? ', and minutes more where tfjs has no real GPU'
    : ''
}
