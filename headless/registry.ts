import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { epochMillis } from '../src/domain/ids'
import { registryEvent, verifyChain } from '../src/domain/registry/chain'
import type { Alias, ModelVersion, RegistryAction, RegistryEvent } from '../src/domain/registry/records'
import type { EndedRun } from '../src/domain/registry/run'
import { nextVersion } from '../src/domain/registry/versions'
import { jsonText, type Outputs, reasonOf } from './files'
import { nodeDigest } from './host'
import { done, type Result, usage } from './problem'

/** The registry as one file: a version, its alias and their events appear together or not at all. */
export interface FileRegistry {
  readonly versions: readonly ModelVersion[]
  readonly aliases: readonly Alias[]
  readonly events: readonly RegistryEvent[]
}

export const REGISTRY_FILE = 'registry/registry.json'

const EMPTY: FileRegistry = { versions: [], aliases: [], events: [] }

/** The registry under a results folder, its chain of events checked; empty where there is none. */
export async function readRegistry(out: string): Promise<Result<FileRegistry>> {
  const file = join(out, REGISTRY_FILE)
  const wayOut = 'Nothing was changed. Restore the file, or choose another --out.'
  let text
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return done(EMPTY)
    return usage('damaged', `${file} could not be read (${reasonOf(error)}). ${wayOut}`)
  }
  let registry: FileRegistry
  try {
    registry = JSON.parse(text) as FileRegistry
  } catch (error) {
    return usage('damaged', `${file} must hold a registry as JSON (${reasonOf(error)}). ${wayOut}`)
  }
  if (![registry?.versions, registry?.aliases, registry?.events].every(Array.isArray))
    return usage(
      'damaged',
      `${file} must hold versions, aliases and events, and one of them is missing. ${wayOut}`,
    )
  const broken = await verifyChain(registry.events, nodeDigest)
  if (broken !== null)
    return usage(
      'damaged',
      `${file}: the history of the registry does not hold: ${broken.problem}. ${wayOut}`,
    )
  return done(registry)
}

export interface Registration {
  readonly registry: FileRegistry
  readonly version: ModelVersion
  /** Aliases that name the new version. */
  readonly aliases: readonly string[]
}

/** The registry with one more version of `model`, made of an ended run; the model's first version becomes `champion`. */
export async function registerRun(
  registry: FileRegistry,
  model: string,
  run: EndedRun,
  alias: string,
  now: number,
): Promise<Registration> {
  const at = epochMillis(now)
  const version = nextVersion(model, run, registry.versions, at)
  const first = !registry.aliases.some((entry) => entry.model === model && entry.alias === alias)
  const registered: RegistryAction = { kind: 'version-registered', versionId: version.id, runId: run.id }
  const moved: RegistryAction = { kind: 'alias-moved', model, alias, from: null, to: version.id }
  const events = [...registry.events]
  for (const { action, reason } of [
    { action: registered, reason: `the pipeline made it of run ${run.name}` },
    ...(first ? [{ action: moved, reason: 'the first version of this model' }] : []),
  ])
    events.push(await registryEvent(events.at(-1) ?? null, action, at, reason, nodeDigest))
  return {
    version,
    aliases: first ? [alias] : [],
    registry: {
      versions: [...registry.versions, version],
      aliases: first ? [...registry.aliases, { model, alias, versionId: version.id }] : registry.aliases,
      events,
    },
  }
}

/** The files of a registration; the bytes come before the record that names them. */
export function registryOutputs(
  registration: Registration,
  weights: Uint8Array,
  golden: Uint8Array,
): Outputs {
  return new Map<string, string | Uint8Array>([
    [weightsFile(registration.version), weights],
    ...goldenFile(registration.version, golden),
    [REGISTRY_FILE, jsonText(registration.registry)],
  ])
}

/** Where a version's weights lie: under their digest, so that equal weights are one file and no version can lose its own. */
export function weightsFile(version: Pick<ModelVersion, 'weightsSha256'>): string {
  return `registry/weights/${version.weightsSha256}.bin`
}

function goldenFile({ goldenSha256 }: ModelVersion, golden: Uint8Array): [string, Uint8Array][] {
  return goldenSha256 === null ? [] : [[`registry/golden/${goldenSha256}.bin`, golden]]
}
