import type { EpochMillis, VersionId } from '../ids'
import type { RegistryEvent } from './records'

const ALIAS = /^[\w-]+$/
const VERSION_LIKE = /^v\d+$/i
const LONGEST_ALIAS = 255

/**
 * Why a text cannot be an alias, as one sentence for people, or null when it can. The rules are MLflow's, so that every
 * alias survives an export: letters, digits, _ and - (ASCII), at most 255, not "latest", nothing that reads as a version.
 */
export function aliasProblem(alias: string): string | null {
  if (alias === '') return 'An alias needs at least one character, for example champion.'
  if (alias.length > LONGEST_ALIAS)
    return `An alias has at most ${LONGEST_ALIAS} characters, found ${alias.length}: shorten it.`
  if (!ALIAS.test(alias)) {
    const odd = /[^\w-]/u.exec(alias)?.[0] ?? ''
    return `An alias holds letters a–z, digits, _ and - only, found ${JSON.stringify(odd)}: leave it out.`
  }
  if (alias.toLowerCase() === 'latest')
    return '"latest" always means the newest version and cannot be given: choose another alias.'
  if (VERSION_LIKE.test(alias))
    return `${JSON.stringify(alias)} reads as a version number and cannot be an alias: choose a word.`
  return null
}

/**
 * Which version a model's alias named at a time, by the registry's own history; null when it named none.
 *
 * @param events in the order of their sequence; an event counts from its own time on
 */
export function aliasAt(
  events: readonly RegistryEvent[],
  model: string,
  alias: string,
  time: EpochMillis,
): VersionId | null {
  const move = events
    .filter((event) => event.at <= time)
    .map((event) => event.action)
    .findLast((action) => action.kind === 'alias-moved' && action.model === model && action.alias === alias)
  return move?.kind === 'alias-moved' ? move.to : null
}
