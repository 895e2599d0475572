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
    const version = versions.find((entry) => String(entry.version) === number)
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

function named(versions: readonly Version[], aliases: readonly Alias[], alias: string): Version | undefined {
  const id = aliases.find((entry) => entry.alias === alias)?.versionId
  return versions.find((version) => version.id === id)
}

function numbersById(versions: readonly Version[]): ReadonlyMap<string, number> {
  return new Map(versions.map(({ id, version }) => [id, version]))
}
