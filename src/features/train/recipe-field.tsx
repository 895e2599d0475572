import { parameterCount } from '../../domain/model/counts'
import { findPreset, presetNames } from '../../domain/model/presets'
import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import { recipeEntries, type ParamValue, type RecipeDraft, type RecipePath } from '../../domain/params/draft'
import type { ParamOrigin, ParamsResolution } from '../../domain/params/resolve'
import { PARAM_RULES } from '../../domain/params/rules'
import type { StudioParams } from '../../domain/params/schema'
import { useDevice } from '../../stores/device'
import { CheckField, SelectField, TextField } from '../../ui/field'
import { formatCount } from '../../ui/format'
import { engineOptions, mixedPrecisionMissing } from './engine-options'
import { choiceLabel, type RecipeField } from './fields'
import { boundsOf, problemAt } from './recipe'

export interface RecipeState {
  /** Values and origins without the form. */
  readonly base: { readonly params: StudioParams; readonly origins: ReadonlyMap<string, ParamOrigin> }
  readonly draft: RecipeDraft
  /** Of base and draft together. */
  readonly resolution: ParamsResolution
  readonly onDraft: (draft: RecipeDraft) => void
}

/** What a field shows, and what typing in it does. */
export interface FieldState {
  readonly value: string
  /** Where the value comes from; undefined for the default. */
  readonly origin: string | undefined
  readonly changed: boolean
  readonly error: string | null
  readonly set: (text: string) => void
}

const DEFAULTS: ReadonlyMap<RecipePath, ParamValue> = new Map(recipeEntries(DEFAULT_PARAMS))

const PRESETS = presetNames.map((name) => {
  const found = findPreset(name)
  const count = found.kind === 'found' ? ` · ${formatCount(parameterCount(found.spec))} parameters` : ''
  return { value: name, label: `${name}${count}` }
})

/** Reads and writes the recipe's fields by path. */
export function recipeFields({ base, draft, resolution, onDraft }: RecipeState) {
  const before = new Map(recipeEntries(base.params))

  function text(path: RecipePath): string {
    return draft[path] ?? String(before.get(path) ?? '')
  }

  function field(path: RecipePath): FieldState {
    const typed = draft[path] !== undefined
    const isDefault = before.get(path) === DEFAULTS.get(path)
    return {
      value: text(path),
      origin: typed ? 'form' : isDefault ? undefined : originName(base.origins.get(path)),
      changed: typed,
      error: problemAt(resolution, path),
      set: (value) => {
        const next = { ...draft }
        if (value === String(before.get(path))) delete next[path]
        else next[path] = value
        onDraft(next)
      },
    }
  }

  return { text, field }
}

function originName(origin: ParamOrigin | undefined): string | undefined {
  switch (origin?.layer) {
    case 'url':
      return 'address'
    case 'params.yaml':
    case 'environment':
    case 'form':
      return origin.layer
    case 'set':
      return '--set'
    case 'default':
    case undefined:
      return undefined
  }
}

interface RecipeFieldProps {
  readonly entry: RecipeField
  readonly state: FieldState
  /** What other fields show. */
  readonly text: (path: RecipePath) => string
}

/** One parameter: a select where the schema lists choices, a switch for true and false, a text for numbers. */
export function RecipeFieldView({ entry, state, text }: RecipeFieldProps) {
  const { path, label, hint, unit } = entry
  const { set, ...shown } = state
  if (path === 'train.engine') return <EngineField entry={entry} state={state} />
  if (path === 'train.mixed_precision') return <PrecisionField entry={entry} state={state} text={text} />
  const rule = PARAM_RULES.get(path)
  const options =
    path === 'train.preset'
      ? PRESETS
      : rule?.choices?.map((value) => ({ value, label: choiceLabel(path, value) }))
  if (options !== undefined)
    return <SelectField label={label} hint={hint} options={options} {...shown} onPick={set} />
  if (rule?.kind === 'boolean') {
    const { value, ...rest } = shown
    return (
      <CheckField
        label={label}
        hint={hint}
        {...rest}
        checked={value === 'true'}
        onCheck={(checked) => set(String(checked))}
      />
    )
  }
  const bounds = boundsOf(path)
  return (
    <TextField
      label={label}
      unit={unit}
      hint={bounds === null ? hint : `${hint}. ${bounds[0]?.toUpperCase()}${bounds.slice(1)}`}
      inputMode="decimal"
      autoComplete="off"
      {...shown}
      onChange={(event) => set(event.currentTarget.value)}
    />
  )
}

/** Every engine with what it would compute on here, or why it cannot be had. */
function EngineField({ entry, state }: Omit<RecipeFieldProps, 'text'>) {
  const facts = useDevice((all) => all)
  const { set, ...shown } = state
  return (
    <SelectField
      label={entry.label}
      hint={entry.hint}
      options={engineOptions(facts)}
      {...shown}
      onPick={set}
    />
  )
}

/** A value that is already on can always be switched off. */
function PrecisionField({ entry, state, text }: RecipeFieldProps) {
  const facts = useDevice((all) => all)
  const { set, value, ...rest } = state
  const missing = mixedPrecisionMissing(text('train.engine'), facts)
  return (
    <CheckField
      label={entry.label}
      hint={missing ?? entry.hint}
      {...rest}
      checked={value === 'true'}
      disabled={missing !== null && value !== 'true'}
      onCheck={(checked) => set(String(checked))}
    />
  )
}
