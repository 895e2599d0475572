import { useMemo, useState, type FormEvent } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { multiplyAdds, parameterCount } from '../../domain/model/counts'
import type { ModelSpec } from '../../domain/model/spec'
import type { ParamProblem } from '../../domain/params/problems'
import type { ParamsResolution } from '../../domain/params/resolve'
import { friendlyRunName, RUN_NAME_BYTES } from '../../domain/registry/run-names'
import { pageParams } from '../../stores/defaults'
import { useRuns } from '../../stores/queries'
import { startTraining } from '../../stores/training'
import { Button } from '../../ui/button'
import { formatCount, formatDuration } from '../../ui/format'
import { LayerTable } from '../../ui/layer-table'
import { Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { resultOf } from '../../ui/run-text'
import { draftLayer, imagesToLearn, type RecipeDraft } from './recipe'
import { RecipeForm, specOf } from './recipe-form'

interface SetupProps {
  readonly dataset: DatasetRecord
  /** Kept by the screen: after a run, or a failure, the recipe is as it was left. */
  readonly draft: RecipeDraft
  readonly onDraft: (draft: RecipeDraft) => void
}

/** The recipe and the one button. */
export function Setup({ dataset, draft, onDraft }: SetupProps) {
  const search = useSearch()
  const [name, setName] = useState(suggestName)
  const address = useMemo(() => pageParams(search), [search])
  const base = useMemo(() => fallback(address), [address])
  const resolution = useMemo(
    () => pageParams(address.ok ? search : '', draftLayer(draft)),
    [address, search, draft],
  )
  const spec = specOf(draft.preset ?? base.params.train.preset)
  const ready = resolution.ok && spec !== null && address.ok && name.trim() !== ''

  function start(event: FormEvent) {
    event.preventDefault()
    if (!ready) return
    startTraining({ datasetId: dataset.id, params: resolution.params, runName: name.trim() })
    setName(suggestName())
  }

  return (
    <Stack>
      {!address.ok && <AddressProblems problems={address.problems} />}
      <Panel
        title="Recipe"
        note={`on ${dataset.name}, ${formatCount(dataset.train.profile.count)} training images`}
        actions={
          Object.keys(draft).length > 0 && (
            <Button kind="quiet" onClick={() => onDraft({})}>
              Reset
            </Button>
          )
        }
      >
        <form onSubmit={start}>
          <Stack>
            <RecipeForm
              base={base}
              draft={draft}
              resolution={resolution}
              onDraft={onDraft}
              name={name}
              onName={setName}
            />
            <Row>
              <Button type="submit" kind="primary" disabled={!ready}>
                Start training
              </Button>
              <Effort resolution={resolution} dataset={dataset} />
            </Row>
          </Stack>
        </form>
      </Panel>
      {spec !== null && <Network spec={spec} />}
    </Stack>
  )
}

function AddressProblems({ problems }: { readonly problems: readonly ParamProblem[] }) {
  const [path, navigate] = useLocation()
  return (
    <Notice
      tone="failure"
      title="The address asks for values that cannot be used"
      actions={<Button onClick={() => navigate(path, { replace: true })}>Take them out</Button>}
    >
      {problems.map((problem) => (
        <p key={problem.path}>{problem.message}</p>
      ))}
    </Notice>
  )
}

function Network({ spec }: { readonly spec: ModelSpec }) {
  return (
    <Panel
      title={spec.name}
      note={`${formatCount(parameterCount(spec))} parameters, ${formatCount(multiplyAdds(spec))} multiply-adds an image`}
      flush
    >
      <LayerTable spec={spec} />
    </Panel>
  )
}

/** What a run will cost: images for sure, time only where a run of this preset was measured on this machine. */
function Effort({
  resolution,
  dataset,
}: {
  readonly resolution: ParamsResolution
  readonly dataset: DatasetRecord
}) {
  const runs = useRuns()
  if (!resolution.ok) return <span>Mend the marked fields first.</span>
  const { train } = resolution.params
  const images = imagesToLearn(train, dataset.train.profile.count)
  const measured = runs
    ?.filter((run) => run.params.preset === train.preset)
    .map((run) => resultOf(run)?.imagesPerSecond ?? 0)
    .find((rate) => rate > 0)
  return (
    <span>
      {formatCount(images)} images to learn from
      {measured === undefined
        ? '; the speed is measured in the first seconds'
        : `, about ${formatDuration(images / measured)} at the speed of the last such run`}
    </span>
  )
}

function suggestName(): string {
  return friendlyRunName(crypto.getRandomValues(new Uint8Array(RUN_NAME_BYTES)))
}

/** The address's parameters, or without them where they cannot be used. */
function fallback(address: ParamsResolution): Extract<ParamsResolution, { ok: true }> {
  if (address.ok) return address
  const file = pageParams('')
  if (!file.ok) throw new Error(`params.yaml of this build: ${file.problems.map((p) => p.message).join(' ')}`)
  return file
}
