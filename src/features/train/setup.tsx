import { useState, type FormEvent } from 'react'
import { useLocation } from 'wouter'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { multiplyAdds, parameterCount } from '../../domain/model/counts'
import { findPreset } from '../../domain/model/presets'
import type { ModelSpec } from '../../domain/model/spec'
import type { ParamProblem } from '../../domain/params/problems'
import { REFERENCE_RECIPES } from '../../domain/params/recipes'
import { friendlyRunName, RUN_NAME_BYTES } from '../../domain/registry/run-names'
import { recipeOf, type RecipeParams } from '../../domain/training/recipe'
import { applyRecipe, resetRecipeDraft, setRecipeDraft, useRecipeDraft } from '../../stores/recipe-draft'
import { startTraining } from '../../stores/training'
import { Button } from '../../ui/button'
import { formatCount, formatCounted } from '../../ui/format'
import { LayerTable } from '../../ui/layer-table'
import { Row, Stack } from '../../ui/layout'
import { Menu } from '../../ui/menu'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { AugmentStrip } from './augment-strip'
import { CopyLink } from './copy-link'
import { Effort } from './effort'
import { RatePreview } from './rate-preview'
import { stepsPerEpoch } from './recipe'
import { RecipeForm } from './recipe-form'
import styles from './setup.module.css'
import { useRecipe } from './use-recipe'

const RECIPES = REFERENCE_RECIPES.map(({ id, name, summary }) => ({ id, title: name, text: summary }))

/** The recipe, what it does, and the one button. */
export function Setup({ dataset }: { readonly dataset: DatasetRecord }) {
  const { search, draft, address, base, resolution, sound } = useRecipe()
  const [name, setName] = useState(suggestName)
  const [open, setOpen] = useState(false)
  const spec = specOf(draft['train.preset'] ?? base.params.train.preset)
  const enough = stepsPerEpoch(sound.train, dataset.train.profile.count) > 0
  const ready = resolution.ok && spec !== null && address.ok && name.trim() !== '' && enough

  function start(event: FormEvent) {
    event.preventDefault()
    if (!ready) return
    startTraining({ datasetId: dataset.id, params: resolution.params, runName: name.trim() })
    setName(suggestName())
  }

  return (
    <Stack>
      {!address.ok && <AddressProblems problems={address.problems} />}
      <div className={styles['split']}>
        <Panel
          title="Recipe"
          note={`on ${dataset.name}, ${formatCount(dataset.train.profile.count)} training images`}
          actions={<RecipeActions base={base.params} search={search} />}
        >
          <form onSubmit={start}>
            <Stack>
              <AppliedRecipe />
              <RecipeForm
                base={base}
                draft={draft}
                resolution={resolution}
                onDraft={setRecipeDraft}
                name={name}
                onName={setName}
                open={open}
                onOpen={setOpen}
              />
              <div className={styles['start']}>
                <Row>
                  <Button type="submit" kind="primary" disabled={!ready}>
                    Start training
                  </Button>
                  <Effort resolution={resolution} dataset={dataset} />
                </Row>
              </div>
            </Stack>
          </form>
        </Panel>
        <div className={styles['beside']}>
          <Preview dataset={dataset} params={sound} open={open} />
        </div>
      </div>
      {spec !== null && <Network spec={spec} />}
    </Stack>
  )
}

interface RecipeActionsProps {
  /** What holds without the form. */
  readonly base: RecipeParams
  readonly search: string
}

function RecipeActions({ base, search }: RecipeActionsProps) {
  const { draft } = useRecipeDraft()
  const changed = Object.keys(draft).length

  function pick(id: string) {
    const recipe = REFERENCE_RECIPES.find((candidate) => candidate.id === id)
    if (recipe !== undefined) applyRecipe(recipe, base)
  }

  return (
    <>
      {changed > 0 && (
        <>
          <span aria-live="polite">{formatCounted(changed, 'field')} changed</span>
          <Button kind="quiet" onClick={resetRecipeDraft}>
            Reset
          </Button>
        </>
      )}
      <CopyLink search={search} draft={draft} />
      <Menu label="Recipes" items={RECIPES} onPick={pick} />
    </>
  )
}

/** What the reference recipe is that the fields were filled with, and where its run will differ from the published one. */
function AppliedRecipe() {
  const { recipe } = useRecipeDraft()
  if (recipe === null) return null
  return (
    <Notice tone="info" title={recipe.name}>
      <p>{recipe.summary}.</p>
      {recipe.difference !== null && <p>{recipe.difference}</p>}
    </Notice>
  )
}

interface PreviewProps {
  readonly dataset: DatasetRecord
  readonly params: RecipeParams
  /** All parameters are in sight, those of augmentation too. */
  readonly open: boolean
}

function Preview({ dataset, params, open }: PreviewProps) {
  const { train, augment } = params
  const changes = recipeOf(params).augment !== null
  return (
    <Stack>
      <RatePreview params={train} stepsPerEpoch={stepsPerEpoch(train, dataset.train.profile.count)} />
      {(changes || open) && <AugmentStrip dataset={dataset} augment={augment} seed={train.seed} />}
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

function suggestName(): string {
  return friendlyRunName(crypto.getRandomValues(new Uint8Array(RUN_NAME_BYTES)))
}

/** The preset's network, when the name is one; it stays in sight while another field is wrong. */
function specOf(preset: string): ModelSpec | null {
  const found = findPreset(preset)
  return found.kind === 'found' ? found.spec : null
}
