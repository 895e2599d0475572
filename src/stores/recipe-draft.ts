import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { draftTo, type RecipeDraft } from '../domain/params/draft'
import { recipeValues, type ReferenceRecipe } from '../domain/params/recipes'
import type { RecipeParams } from '../domain/training/recipe'

/** The recipe being written. It outlives the screen, so that a look at the data costs nobody their typing. */
interface DraftState {
  readonly draft: RecipeDraft
  /** The reference recipe it began as; null where it is a person's own. */
  readonly recipe: ReferenceRecipe | null
}

const NOTHING: DraftState = { draft: {}, recipe: null }

const store = createStore<DraftState>(() => NOTHING)

export function useRecipeDraft(): DraftState {
  return useStore(store)
}

export function setRecipeDraft(draft: RecipeDraft): void {
  store.setState({ draft })
}

/** The whole recipe in place of what was typed; what it does not decide, as where to compute, stays as it is. */
export function applyRecipe(recipe: ReferenceRecipe, base: RecipeParams): void {
  const values = recipeValues(recipe)
  const decided = new Set<string>(values.map(([path]) => path))
  const kept = Object.entries(store.getState().draft).filter(([path]) => !decided.has(path))
  store.setState({ recipe, draft: { ...Object.fromEntries(kept), ...draftTo(values, base) } })
}

export function resetRecipeDraft(): void {
  store.setState(NOTHING)
}
