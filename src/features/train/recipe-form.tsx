import { parameterCount } from '../../domain/model/counts'
import { findPreset, presetNames } from '../../domain/model/presets'
import type { ParamOrigin, ParamsResolution } from '../../domain/params/resolve'
import type { StudioParams } from '../../domain/params/schema'
import { SelectField, TextField } from '../../ui/field'
import { formatCount } from '../../ui/format'
import styles from './recipe-form.module.css'
import { problemAt, type RecipeDraft, type RecipeKey } from './recipe'

interface NumberEntry {
  readonly key: RecipeKey
  readonly label: string
  readonly hint: string
}

const NUMBERS: readonly NumberEntry[] = [
  { key: 'epochs', label: 'Epochs', hint: 'Passes over the training split' },
  { key: 'batch_size', label: 'Batch', hint: 'Images a step' },
  { key: 'lr', label: 'Learning rate', hint: 'Step size of SGD' },
  { key: 'momentum', label: 'Momentum', hint: '0 is plain SGD' },
  { key: 'weight_decay', label: 'Weight decay', hint: 'L2, added to the gradient' },
  { key: 'seed', label: 'Seed', hint: 'Same seed, same weights' },
  { key: 'threads', label: 'Threads', hint: '0 is as many as run at once; changes no bit' },
  { key: 'validation_fraction', label: 'Validation share', hint: 'Kept apart, class by class' },
]

const STEP_SCHEDULE: readonly NumberEntry[] = [
  { key: 'step_size', label: 'Step length', hint: 'Epochs between two drops' },
  { key: 'gamma', label: 'Step factor', hint: 'The rate times this at a drop' },
]

const SCHEDULERS = [
  { value: 'none', label: 'Constant' },
  { value: 'step', label: 'Step' },
  { value: 'cosine', label: 'Cosine' },
]

const PRESETS = presetNames.map((name) => {
  const found = findPreset(name)
  const count = found.kind === 'found' ? ` · ${formatCount(parameterCount(found.spec))} parameters` : ''
  return { value: name, label: `${name}${count}` }
})

interface RecipeState {
  /** Values and origins without the form. */
  readonly base: { readonly params: StudioParams; readonly origins: ReadonlyMap<string, ParamOrigin> }
  readonly draft: RecipeDraft
  /** Of base and draft together. */
  readonly resolution: ParamsResolution
  readonly onDraft: (draft: RecipeDraft) => void
}

interface RecipeFormProps extends RecipeState {
  readonly name: string
  readonly onName: (name: string) => void
}

/** The recipe's fields; each says where its value comes from and what is wrong with it. */
export function RecipeForm({ base, draft, resolution, onDraft, name, onName }: RecipeFormProps) {
  const { text, field, set } = recipeFields({ base, draft, resolution, onDraft })

  function numberField({ key, label, hint }: NumberEntry) {
    return (
      <TextField
        key={key}
        label={label}
        hint={hint}
        inputMode="decimal"
        autoComplete="off"
        {...field(key)}
        onChange={(event) => set(key, event.currentTarget.value)}
      />
    )
  }

  return (
    <div className={styles['grid']}>
      <div className={styles['wide']}>
        <SelectField
          label="Preset"
          hint="The network; its layers are below"
          options={PRESETS}
          {...field('preset')}
          onPick={(value) => set('preset', value)}
        />
      </div>
      <SelectField
        label="Optimizer"
        hint="With PyTorch’s momentum"
        options={[{ value: 'sgd', label: 'SGD' }]}
        {...field('optimizer')}
        onPick={(value) => set('optimizer', value)}
      />
      <SelectField
        label="Schedule"
        hint="How the rate changes"
        options={SCHEDULERS}
        {...field('scheduler')}
        onPick={(value) => set('scheduler', value)}
      />
      {NUMBERS.map(numberField)}
      {text('scheduler') === 'step' && STEP_SCHEDULE.map(numberField)}
      <div className={styles['wide']}>
        <TextField
          label="Run name"
          hint="For people; it can be changed later"
          autoComplete="off"
          value={name}
          error={name.trim() === '' ? 'A run needs a name of at least one character.' : null}
          onChange={(event) => onName(event.currentTarget.value)}
        />
      </div>
    </div>
  )
}

/** What each field shows, and what typing in it does. */
function recipeFields({ base, draft, resolution, onDraft }: RecipeState) {
  function text(key: RecipeKey): string {
    return draft[key] ?? String(base.params.train[key])
  }

  function field(key: RecipeKey) {
    return {
      value: text(key),
      origin: draft[key] === undefined ? originName(base.origins.get(`train.${key}`)) : 'form',
      changed: draft[key] !== undefined,
      error: problemAt(resolution, key),
    }
  }

  function set(key: RecipeKey, value: string): void {
    const next = { ...draft }
    if (value === String(base.params.train[key])) delete next[key]
    else next[key] = value
    onDraft(next)
  }

  return { text, field, set }
}

function originName(origin: ParamOrigin | undefined): string {
  switch (origin?.layer) {
    case 'url':
      return 'URL'
    case 'params.yaml':
    case 'environment':
    case 'form':
      return origin.layer
    case 'set':
      return '--set'
    case 'default':
    case undefined:
      return 'default'
  }
}

/** The preset's network, when the name is one; it stays in sight while another field is wrong. */
export function specOf(preset: string) {
  const found = findPreset(preset)
  return found.kind === 'found' ? found.spec : null
}
