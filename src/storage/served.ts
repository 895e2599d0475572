import { liveQuery } from 'dexie'
import { parseVersionId, type VersionId } from '../domain/ids'
import { studio } from './database'
import { FIRST_ALIAS, FIRST_MODEL } from './runs'
import { write } from './write'

/** What answers the inference API in this browser: whatever an alias names, or one version. */
export type ServedChoice =
  | { readonly kind: 'alias'; readonly alias: string }
  | { readonly kind: 'version'; readonly versionId: VersionId }

export interface Served {
  readonly choice: ServedChoice
  /** Null where no version has the alias. */
  readonly versionId: VersionId | null
  /** Everything that names the version. */
  readonly aliases: readonly string[]
}

const KEY = 'served'
const USUAL: ServedChoice = { kind: 'alias', alias: FIRST_ALIAS }

export async function chooseServed(choice: ServedChoice): Promise<void> {
  await write(studio, [studio.settings], async () => {
    await studio.settings.put({ key: KEY, value: choice })
  })
}

/** The choice and what it means now; the champion where nobody chose. */
export async function readServed(): Promise<Served> {
  const choice = choiceOf((await studio.settings.get(KEY))?.value)
  const aliases = await studio.aliases.where('model').equals(FIRST_MODEL).toArray()
  const versionId =
    choice.kind === 'version'
      ? choice.versionId
      : (aliases.find(({ alias }) => alias === choice.alias)?.versionId ?? null)
  const names = aliases.filter((entry) => entry.versionId === versionId).map(({ alias }) => alias)
  return { choice, versionId, aliases: names }
}

/** Tells now and after every change, by whatever tab or worker. */
export function watchServed(onChange: (served: Served) => void, onError: (error: unknown) => void): void {
  liveQuery(readServed).subscribe(onChange, onError)
}

function choiceOf(value: unknown): ServedChoice {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return USUAL
  if (value.kind === 'alias' && 'alias' in value && typeof value.alias === 'string')
    return { kind: 'alias', alias: value.alias }
  if (value.kind === 'version' && 'versionId' in value && typeof value.versionId === 'string')
    return { kind: 'version', versionId: parseVersionId(value.versionId) }
  return USUAL
}
