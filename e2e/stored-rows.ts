import { createHash } from 'node:crypto'

/** The studio's rules about its own tables, written down a second time, so that none can lean on the code it judges. */

type Named = string | null | undefined

interface Holding {
  readonly id?: string
  readonly blobs: readonly string[]
}

interface DatasetRow extends Holding {
  readonly id: string
  readonly bytes: Readonly<Record<'train' | 'test', { readonly images: string; readonly labels: string }>>
}

interface RunRow extends Holding {
  readonly id: string
  readonly status: {
    readonly state: string
    readonly result?: { readonly weightsSha256: string; readonly goldenSha256?: string }
  }
  readonly testPredictionsSha256: string | null
}

interface CheckpointRow extends Holding {
  readonly runId: string
  readonly epoch: number
  readonly weights: string
  readonly optimizer: string
  readonly average: string | null
}

interface VersionRow extends Holding {
  readonly id: string
  readonly model: string
  readonly origin: { readonly kind: string; readonly runId?: string | null }
  readonly network: { readonly topologySha256?: string }
  readonly weightsSha256: string
  readonly goldenSha256: string | null
}

interface EventRow {
  readonly sequence: number
  readonly at: number
  readonly reason: string
  readonly action: {
    readonly kind: string
    readonly versionId?: string
    readonly model?: string
    readonly alias?: string
    readonly to?: string | null
    readonly decision?: string
  }
  readonly previous: string | null
  readonly hash: string
}

/** Every table that names Blobs or versions, as JSON: a byte array is its length. */
export interface StoredTables {
  readonly datasets: readonly DatasetRow[]
  readonly runs: readonly RunRow[]
  readonly checkpoints: readonly CheckpointRow[]
  readonly versions: readonly VersionRow[]
  readonly aliases: readonly { readonly model: string; readonly alias: string; readonly versionId: string }[]
  readonly versionDecisions: readonly { readonly versionId: string; readonly stage: string }[]
  readonly assessments: readonly {
    readonly id: string
    readonly weightsSha256: string
    readonly assessment: { readonly decision: string }
  }[]
  readonly feedback: readonly {
    readonly id: string
    readonly versionId: string
    readonly digit: { readonly bytes: number }
    readonly label: number
  }[]
  readonly retrainings: readonly {
    readonly id: string
    readonly outcome: {
      readonly state: string
      readonly versionId?: string
      readonly runId?: string | null
      readonly assessmentId?: string
    }
  }[]
  readonly events: readonly EventRow[]
}

/** A Blob as its row tells it, and as its bytes are. */
export interface FoundBlob {
  readonly sha256: string
  readonly length: number
  readonly found: { readonly sha256: string; readonly length: number }
}

/** What is wrong, in words; empty when every row is whole and no byte is left over. */
export function faultsOf(tables: StoredTables, blobs: readonly FoundBlob[]): string[] {
  return [
    ...blobFaults(tables, blobs),
    ...holdingFaults(tables),
    ...versionFaults(tables),
    ...decisionFaults(tables),
    ...loopFaults(tables),
    ...chainFaults(tables.events),
  ]
}

function blobFaults(tables: StoredTables, blobs: readonly FoundBlob[]): string[] {
  const { datasets, runs, checkpoints, versions } = tables
  const rows: readonly Holding[] = [...datasets, ...runs, ...checkpoints, ...versions]
  const named = new Set(rows.flatMap((row) => row.blobs))
  const stored = new Set(blobs.map(({ sha256 }) => sha256))
  return [
    ...blobs
      .filter(({ sha256, length, found }) => found.sha256 !== sha256 || found.length !== length)
      .map(({ sha256 }) => `blob ${sha256} holds other bytes`),
    ...[...named].filter((name) => !stored.has(name)).map((name) => `blob ${name} is missing`),
    ...[...stored].filter((name) => !named.has(name)).map((name) => `blob ${name} belongs to no row`),
  ]
}

/** A row lists exactly the Blobs that its fields name. */
function holdingFaults({ datasets, runs, checkpoints, versions }: StoredTables): string[] {
  const needs: readonly (readonly [string, Holding, readonly Named[]])[] = [
    ...datasets.map((row) => {
      const { train, test } = row.bytes
      return [row.id, row, [train.images, train.labels, test.images, test.labels]] as const
    }),
    ...runs.map((row) => {
      const { result } = row.status
      return [row.id, row, [result?.weightsSha256, result?.goldenSha256, row.testPredictionsSha256]] as const
    }),
    ...checkpoints.map(
      (row) => [`${row.runId}, epoch ${row.epoch}`, row, [row.weights, row.optimizer, row.average]] as const,
    ),
    ...versions.map(
      (row) => [row.id, row, [row.weightsSha256, row.goldenSha256, row.network.topologySha256]] as const,
    ),
  ]
  return needs.flatMap(([name, { blobs }, fields]) => {
    const wanted = new Set(fields.filter((field) => typeof field === 'string'))
    const listed = new Set(blobs)
    const same = wanted.size === listed.size && [...wanted].every((field) => listed.has(field))
    return same ? [] : [`${name} lists ${listed.size} blobs and needs ${wanted.size} others`]
  })
}

/** A version has its run, where one here made it, and its event; an event's version is there. */
function versionFaults({ versions, runs, events }: StoredTables): string[] {
  const registered = events.filter(({ action }) => action.kind === 'version-registered')
  return [
    ...versions.flatMap(({ id, origin }) => {
      const state = runs.find((run) => run.id === origin.runId)?.status.state
      const made = origin.kind !== 'run' || state === 'completed' || state === 'stopped'
      const told = registered.filter(({ action }) => action.versionId === id).length
      return [
        ...(made ? [] : [`${id} is of a run that is ${state}`]),
        ...(told === 1 ? [] : [`${id} has ${told} events of its registration`]),
      ]
    }),
    ...events.flatMap(({ sequence, action: { versionId } }) =>
      versionId === undefined || versions.some(({ id }) => id === versionId)
        ? []
        : [`event ${sequence} names ${versionId}, which is not stored`],
    ),
  ]
}

/** Aliases and stages are what the history says, and what the history says is there. */
function decisionFaults({ versions, aliases, versionDecisions, events }: StoredTables): string[] {
  const told = new Map<string, string | null>()
  for (const { action } of events) {
    if (action.kind === 'alias-moved') told.set(`alias ${action.model}@${action.alias}`, action.to ?? null)
    if (action.kind === 'stage-moved') told.set(`stage of ${action.versionId}`, action.to ?? null)
  }
  const kept = new Map<string, string | null>([
    ...aliases.map((row) => [`alias ${row.model}@${row.alias}`, row.versionId] as const),
    ...versionDecisions.map((row) => [`stage of ${row.versionId}`, row.stage] as const),
  ])
  const nothing = [null, undefined, 'None']
  return [
    ...[...new Set([...told.keys(), ...kept.keys()])].flatMap((what) => {
      const [now, said] = [kept.get(what), told.get(what)]
      const same = now === said || (nothing.includes(now) && nothing.includes(said))
      return same ? [] : [`${what} is ${now}, and ${said} in the history`]
    }),
    ...aliases
      .filter((row) => !versions.some(({ id, model }) => id === row.versionId && model === row.model))
      .map((row) => `alias ${row.model}@${row.alias} names no stored version`),
    ...versionDecisions
      .filter((row) => !versions.some(({ id }) => id === row.versionId))
      .map((row) => `a stage is of ${row.versionId}, which is not stored`),
  ]
}

/** What gates, people and retrainings left behind names what is there. */
function loopFaults(tables: StoredTables): string[] {
  const { versions, runs, assessments, feedback, retrainings, events } = tables
  return [
    ...events.flatMap(({ sequence, action }) => {
      if (action.kind !== 'release-decided') return []
      const weights = versions.find(({ id }) => id === action.versionId)?.weightsSha256
      const decided = assessments.some(
        (row) => row.weightsSha256 === weights && row.assessment.decision === action.decision,
      )
      return decided ? [] : [`event ${sequence} tells of a decision that is not stored`]
    }),
    ...feedback.flatMap(({ id, versionId, digit, label }) => [
      ...(versions.some((version) => version.id === versionId) ? [] : [`feedback ${id} is on ${versionId}`]),
      ...(digit.bytes === 784 && label >= 0 && label <= 9 ? [] : [`feedback ${id} is no digit`]),
    ]),
    ...retrainings.flatMap(({ id, outcome: { state, versionId, runId, assessmentId } }) => {
      const whole =
        versions.some((row) => row.id === versionId) &&
        runs.some((row) => row.id === runId) &&
        assessments.some((row) => row.id === assessmentId)
      return state !== 'promoted' || whole ? [] : [`retraining ${id} was promoted, and is not whole`]
    }),
  ]
}

/** Each event follows the one before and has the hash of what it says. */
function chainFaults(events: readonly EventRow[]): string[] {
  return events.flatMap(({ hash, ...unhashed }, index) => {
    const follows = unhashed.sequence === index + 1 && unhashed.previous === (events[index - 1]?.hash ?? null)
    const found = createHash('sha256').update(canonical(unhashed), 'ascii').digest('hex')
    return follows && found === hash ? [] : [`event ${unhashed.sequence} breaks the chain`]
  })
}

/** JSON with sorted keys and nothing but ASCII: what the hashes of events are of. */
function canonical(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
  return sorted.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
