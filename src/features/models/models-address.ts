import type { Stage } from '../../domain/registry/records'
import { STAGES } from '../../domain/registry/stages'

/** What of the Models screen is in the page's address. */
export interface ModelsAddress {
  readonly model: string
  readonly version: string | null
  readonly stage: Stage | null
  readonly alias: string | null
}

export function readAddress(search: URLSearchParams, usualModel: string): ModelsAddress {
  const stage = search.get('stage')
  return {
    model: search.get('model') ?? usualModel,
    version: search.get('version'),
    stage: STAGES.find((known) => known === stage) ?? null,
    alias: search.get('alias'),
  }
}

/** The address of the screen with some of it changed; what is usual is left out. */
export function modelsHref(
  before: ModelsAddress,
  change: Partial<ModelsAddress>,
  usualModel: string,
): string {
  const { model, version, stage, alias } = { ...before, ...change }
  const search = new URLSearchParams()
  if (model !== usualModel) search.set('model', model)
  if (version !== null) search.set('version', version)
  if (stage !== null) search.set('stage', stage)
  if (alias !== null) search.set('alias', alias)
  const text = search.toString()
  return text === '' ? '/models' : `/models?${text}`
}
