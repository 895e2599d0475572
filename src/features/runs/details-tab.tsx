import { Link } from 'wouter'
import type { ListedRun } from '../../stores/queries'
import { Digest } from '../../ui/digest'
import { Facts } from '../../ui/figures'
import { formatCount, formatMoment } from '../../ui/format'
import { Columns } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { resultOf } from '../../ui/run-text'

/** Recipe, data, engine and host: what it takes to do the same again. */
export function DetailsTab({ run }: { readonly run: ListedRun }) {
  const result = resultOf(run)
  const { preprocess, engine, params } = run
  return (
    <Columns>
      <Panel title="Parameters">
        <Facts
          items={Object.entries(params).map(([key, value]) => [`train.${key}`, String(value)] as const)}
        />
      </Panel>
      <Panel title="Data">
        <Facts
          items={[
            ['Dataset', <Link href={`/data?dataset=${run.dataset.id}`}>{run.dataset.name}</Link>],
            ['Digest', <Digest value={run.dataset.digest} what="Dataset digest" />],
            ['Normalisation', `(byte / ${preprocess.scale} − ${preprocess.mean}) / ${preprocess.std}`],
            [
              'Drawings',
              `ink box to ${preprocess.canvas.box}×${preprocess.canvas.box}, centred by mass in ${preprocess.canvas.field}×${preprocess.canvas.field}`,
            ],
          ]}
        />
      </Panel>
      <Panel title="Engine">
        <Facts
          items={[
            ['Device', engine.device],
            ['Engine', `${engine.kind}, ${engine.build} build`],
            ['Threads', formatCount(engine.threads)],
            ['Chosen because', engine.reason],
            ['Host', run.host],
            ['App version', run.appVersion],
          ]}
        />
      </Panel>
      <Panel title="Identity">
        <Facts
          items={[
            ['Run id', <Digest value={run.id} what="Run id" />],
            ['Started', formatMoment(run.status.startedAt)],
            ['Ended', 'endedAt' in run.status ? formatMoment(run.status.endedAt) : '–'],
            ['Steps', result === null ? '–' : formatCount(result.stepsDone)],
            [
              'Weights SHA-256',
              result === null ? '–' : <Digest value={result.weightsSha256} what="Weights SHA-256" />,
            ],
          ]}
        />
      </Panel>
    </Columns>
  )
}
