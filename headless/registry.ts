import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { epochMillis, modelName, type RunId, type VersionId } from '../src/domain/ids'
import { verifyChain } from '../src/domain/registry/chain'
import type { Alias, ModelVersion, RegistryEvent, Stage } from '../src/domain/registry/records'
import type { EndedRun } from '../src/domain/registry/run'
import { stageOf } from '../src/domain/registry/stages'
import { eventsOf, releaseStep, type RegistryStep } from '../src/domain/registry/steps'
import { nextVersion } from '../src/domain/registry/versions'
import type { ReleaseAssessment } from '../src/domain/release/assessment'
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

/** What else is decided with a registration. */
export interface RegistrationOptions {
  readonly reason?: string
  /** The version it was retrained from. */
  readonly parent?: VersionId | null
  readonly stage?: Stage
  /** A gate's decision on these weights. */
  readonly assessment?: ReleaseAssessment | null
}

/** The registry with one more version of `model`, made of an ended run; the model's first version becomes `champion`. */
export async function registerRun(
  registry: FileRegistry,
  model: string,
  run: EndedRun,
  alias: string,
  now: number,
  { reason, parent = null, stage = 'None', assessment = null }: RegistrationOptions = {},
): Promise<Registration> {
  const version = nextVersion(model, run, registry.versions, epochMillis(now), parent)
  const versionId = version.id
  const first = aliasOf(registry, model, alias) === null
  const why = reason ?? `the pipeline made it of run ${run.name}`
  const steps: RegistryStep[] = [
    { action: { kind: 'version-registered', versionId, runId: run.id }, reason: why },
  ]
  if (assessment !== null) steps.push(releaseStep(versionId, { assessment, override: null }))
  if (stage !== 'None')
    steps.push({ action: { kind: 'stage-moved', versionId, from: 'None', to: stage }, reason: why })
  const grown = await withSteps({ ...registry, versions: [...registry.versions, version] }, steps, now)
  return {
    version,
    aliases: first ? [alias] : [],
    registry: first
      ? await moveAlias(grown, alias, versionId, 'the first version of this model', now)
      : grown,
  }
}

/** The version that a model's alias names; null when it names none. */
export function aliasOf(registry: FileRegistry, model: string, alias: string): VersionId | null {
  return registry.aliases.find((entry) => entry.model === model && entry.alias === alias)?.versionId ?? null
}

/** The registry with an alias on a version of it. Nothing happens where it is there already. */
export async function moveAlias(
  registry: FileRegistry,
  alias: string,
  to: VersionId,
  reason: string,
  now: number,
): Promise<FileRegistry> {
  const model = modelName(to)
  const from = aliasOf(registry, model, alias)
  if (from === to) return registry
  const others = registry.aliases.filter((entry) => entry.model !== model || entry.alias !== alias)
  const moved = { ...registry, aliases: [...others, { model, alias, versionId: to }] }
  return withSteps(moved, [{ action: { kind: 'alias-moved', model, alias, from, to }, reason }], now)
}

/** The registry with a version in another stage. Nothing happens where it is there already. */
export async function moveStage(
  registry: FileRegistry,
  versionId: VersionId,
  to: Stage,
  reason: string,
  now: number,
): Promise<FileRegistry> {
  const from = stageOf(registry.events, versionId)
  if (from === to) return registry
  return withSteps(registry, [{ action: { kind: 'stage-moved', versionId, from, to }, reason }], now)
}

/** The registry with one more version that was made elsewhere; no alias names it. */
export async function withRegistered(
  registry: FileRegistry,
  version: ModelVersion,
  runId: RunId | null,
  reason: string,
  now: number,
): Promise<FileRegistry> {
  const action = { kind: 'version-registered', versionId: version.id, runId } as const
  const grown = { ...registry, versions: [...registry.versions, version] }
  return withSteps(grown, [{ action, reason }], now)
}

async function withSteps(
  registry: FileRegistry,
  steps: readonly RegistryStep[],
  now: number,
): Promise<FileRegistry> {
  const after = registry.events.at(-1) ?? null
  const events = await eventsOf(steps, after, epochMillis(now), nodeDigest)
  return { ...registry, events: [...registry.events, ...events] }
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
