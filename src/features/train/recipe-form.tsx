import { ChevronDown, ChevronRight } from 'lucide-react'
import type { RecipePath } from '../../domain/params/draft'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/field'
import { Stack } from '../../ui/layout'
import { ESSENTIALS, GROUPS, type RecipeField } from './fields'
import { recipeFields, RecipeFieldView, type RecipeState } from './recipe-field'
import styles from './recipe-form.module.css'

/** Their choices are sentences. */
const WIDE: ReadonlySet<RecipePath> = new Set<RecipePath>(['train.preset', 'train.engine'])

interface RecipeFormProps extends RecipeState {
  readonly name: string
  readonly onName: (name: string) => void
  /** Every parameter is in sight, not only the essential ones. */
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
}

/** The recipe's fields: the few that a newcomer needs, and at one press all the others that matter for what was chosen. */
export function RecipeForm({ name, onName, open, onOpen, ...state }: RecipeFormProps) {
  const { text, field } = recipeFields(state)
  const hidden = GROUPS.flatMap(({ fields }) => fields)
  const changed = hidden.filter(({ path }) => state.draft[path] !== undefined).length
  // What keeps a run from starting is never out of sight.
  const unfolded = open || hidden.some(({ path }) => field(path).error !== null)

  function fieldView(entry: RecipeField) {
    return (
      <div key={entry.path} className={WIDE.has(entry.path) ? styles['wide'] : undefined}>
        <RecipeFieldView entry={entry} state={field(entry.path)} text={text} />
      </div>
    )
  }

  return (
    <Stack>
      <div className={styles['grid']}>
        {ESSENTIALS.map(fieldView)}
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
      <div>
        <Button aria-expanded={unfolded} onClick={() => onOpen(!unfolded)}>
          {unfolded ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
          All parameters
          {changed > 0 && <span className={styles['count']}>{changed} changed</span>}
        </Button>
      </div>
      {unfolded &&
        GROUPS.map(({ title, fields }) => (
          <section key={title} className={styles['group']}>
            <h3>{title}</h3>
            <div className={styles['grid']}>
              {fields
                .filter(({ path, matters }) => (matters?.(text) ?? true) || field(path).error !== null)
                .map(fieldView)}
            </div>
          </section>
        ))}
    </Stack>
  )
}
