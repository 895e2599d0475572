import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { RecipeDraft } from '../domain/params/draft'
import { draftOfRecipe, type ReferenceRecipe } from '../domain/params/recipes'
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

/** The whole recipe in place of what was typed; see `draftOfRecipe`. */
export function applyRecipe(recipe: ReferenceRecipe, base: RecipeParams): void {
  store.setState(({ draft }) => ({ recipe, draft: draftOfRecipe(recipe, base, draft) }))
}

export function resetRecipeDraft(): void {
  store.setState(NOTHING)
}
