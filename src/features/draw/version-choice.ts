import type { Alias, ModelVersion } from '../../domain/registry/records'

type Version = Pick<ModelVersion, 'id' | 'version'>

interface VersionChoice {
  readonly version: Version | null
  /** `alias:champion` or `version:3`. */
  readonly value: string
  /** What the address asked for and nobody has. */
  readonly problem: string | null
}

const USUAL_ALIAS = 'champion'

/** The choices of the select: aliases first, since they follow the version in use, then every version. */
export function versionChoices(
  versions: readonly Version[],
  aliases: readonly Alias[],
): { value: string; label: string }[] {
  const numberOf = numbersById(versions)
  return [
    ...aliases.map(({ alias, versionId }) => ({
      value: `alias:${alias}`,
      label: `${alias} (version ${numberOf.get(versionId) ?? '?'})`,
    })),
    ...versions.map(({ version }) => ({ value: `version:${version}`, label: `Version ${version}` })),
  ]
}

/** What the address asks for; without a wish the champion, without a champion the newest. `versions` are newest first. */
export function chooseVersion(
  versions: readonly Version[],
  aliases: readonly Alias[],
  search: URLSearchParams,
): VersionChoice {
  const number = search.get('version')
  const alias = search.get('alias')
  if (number !== null) {
    const version = numbered(versions, number)
    if (version) return { version, value: `version:${number}`, problem: null }
    return usual(versions, aliases, `There is no version ${number}`)
  }
  if (alias !== null) {
    const version = named(versions, aliases, alias)
    if (version) return { version, value: `alias:${alias}`, problem: null }
    return usual(versions, aliases, `No version has the alias ${alias}`)
  }
  return usual(versions, aliases, null)
}

/** The second version, which `beside=3` or `beside=challenger` asks for; none without a wish. */
export function chooseBeside(
  versions: readonly Version[],
  aliases: readonly Alias[],
  search: URLSearchParams,
): VersionChoice {
  const wish = search.get('beside')
  if (wish === null || wish === '') return { version: null, value: '', problem: null }
  const version = numbered(versions, wish)
  if (version) return { version, value: `version:${wish}`, problem: null }
  const alias = named(versions, aliases, wish)
  if (alias) return { version: alias, value: `alias:${wish}`, problem: null }
  return { version: null, value: '', problem: `There is no version or alias ${wish} to put beside` }
}

/** The number of the newest version that is whole and not among these; null when there is none. `versions` are newest first. */
export function wholeVersionBut(
  versions: readonly (Version & { readonly damaged: boolean })[],
  ids: readonly string[],
): number | null {
  return versions.find(({ id, damaged }) => !damaged && !ids.includes(id))?.version ?? null
}

/** The address for a choice of the first select (`version:3`) and of the second, with all else as it was. */
export function withChoice(
  search: URLSearchParams,
  which: 'main' | 'beside',
  value: string,
): URLSearchParams {
  const next = new URLSearchParams(search)
  const [kind = '', name = ''] = value.split(':')
  if (which === 'beside') {
    if (name === '') next.delete('beside')
    else next.set('beside', name)
    return next
  }
  next.delete('version')
  next.delete('alias')
  next.set(kind, name)
  return next
}

function usual(
  versions: readonly Version[],
  aliases: readonly Alias[],
  problem: string | null,
): VersionChoice {
  const champion = named(versions, aliases, USUAL_ALIAS)
  if (champion) return { version: champion, value: `alias:${USUAL_ALIAS}`, problem }
  const newest = versions[0] ?? null
  return { version: newest, value: newest ? `version:${newest.version}` : '', problem }
}

function numbered(versions: readonly Version[], number: string): Version | undefined {
  return versions.find(({ version }) => String(version) === number)
}

function named(versions: readonly Version[], aliases: readonly Alias[], alias: string): Version | undefined {
  const id = aliases.find((entry) => entry.alias === alias)?.versionId
  return versions.find((version) => version.id === id)
}

function numbersById(versions: readonly Version[]): ReadonlyMap<string, number> {
  return new Map(versions.map(({ id, version }) => [id, version]))
}
