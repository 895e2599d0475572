import { useMemo } from 'react'
import { useSearch } from 'wouter'
import { draftLayer, type RecipeDraft } from '../../domain/params/draft'
import type { ParamProblem } from '../../domain/params/problems'
import type { ParamsResolution } from '../../domain/params/resolve'
import type { RecipeParams } from '../../domain/training/recipe'
import { pageParams } from '../../stores/defaults'
import { useRecipeDraft } from '../../stores/recipe-draft'

type Resolved = Extract<ParamsResolution, { readonly ok: true }>

interface RecipeInHand {
  readonly search: string
  readonly draft: RecipeDraft
  /** File and address, without the form. */
  readonly address: ParamsResolution
  /** The same, or the file alone where the address asks for what cannot be. */
  readonly base: Resolved
  /** File, address and form. */
  readonly resolution: ParamsResolution
  /** For previews: without the fields that are wrong, so that they follow the others. */
  readonly sound: RecipeParams
}

/** The recipe as file, address and form make it. */
export function useRecipe(): RecipeInHand {
  const search = useSearch()
  const { draft } = useRecipeDraft()
  const address = useMemo(() => pageParams(search), [search])
  const base = useMemo(() => fallback(address), [address])
  const resolution = useMemo(
    () => pageParams(address.ok ? search : '', draftLayer(draft)),
    [address, search, draft],
  )
  const sound = useMemo(
    () => (resolution.ok ? resolution.params : soundPart(resolution.problems, search, draft, base.params)),
    [resolution, search, draft, base],
  )
  return { search, draft, address, base, resolution, sound }
}

function soundPart(
  problems: readonly ParamProblem[],
  search: string,
  draft: RecipeDraft,
  base: RecipeParams,
): RecipeParams {
  const wrong = new Set(problems.map(({ path }) => path))
  const sound = Object.fromEntries(Object.entries(draft).filter(([path]) => !wrong.has(path)))
  const resolution = pageParams(search, draftLayer(sound))
  return resolution.ok ? resolution.params : base
}

/** The address's parameters, or without them where they cannot be used. */
function fallback(address: ParamsResolution): Resolved {
  if (address.ok) return address
  const file = pageParams('')
  if (!file.ok) throw new Error(`params.yaml of this build: ${file.problems.map((p) => p.message).join(' ')}`)
  return file
}
