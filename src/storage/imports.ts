import { importedVersion, sameModel, type ImportedModel } from '../domain/bundle/imported'
import type { EpochMillis, VersionId } from '../domain/ids'
import { eventsOf } from '../domain/registry/steps'
import { blobsOf } from '../domain/registry/versions'
import { digest, prepareBlob } from './blobs'
import { studio } from './database'
import { StorageError } from './errors'
import { commitRegistration, lastEvent, listVersions, registryTables, retryRaced } from './registry'
import { write } from './write'

/** An import and its bytes, proved by whoever calls. */
export interface NewImport {
  /** The model that it becomes a version of. */
  readonly model: string
  readonly imported: ImportedModel
  readonly weights: Uint8Array
  /** `metrics/golden`. */
  readonly golden: Uint8Array
  /** A foreign model's model.json; null for a network of ours. */
  readonly topology: Uint8Array | null
  readonly at: EpochMillis
  readonly reason: string
}

export interface CommittedImport {
  readonly versionId: VersionId
  /** This very model was there before, so that no version was added; damaged bytes of it were made whole. */
  readonly already: boolean
}

/**
 * Makes an import the next version of its model: bytes, version and event in one transaction, or nothing.
 * @throws StorageError 'damaged' when bytes are not those that the import names
 */
export async function commitImport(given: NewImport): Promise<CommittedImport> {
  const { model, imported, at, reason } = given
  const blobs = await preparedBlobs(given)
  return retryRaced(async () => {
    const after = await lastEvent()
    const versions = await listVersions(model)
    const same = sameModel(versions, imported)
    if (same !== undefined) {
      const held = new Set(blobsOf(same))
      const known = blobs.filter(({ sha256 }) => held.has(sha256))
      await write(studio, [studio.blobs], () => studio.blobs.bulkPut(known))
      return { versionId: same.id, already: true }
    }
    const version = importedVersion(model, imported, versions, at)
    const { origin } = imported
    const runId = origin.kind === 'layers-model' ? null : origin.runId
    const action = { kind: 'version-registered', versionId: version.id, runId } as const
    const events = await eventsOf([{ action, reason }], after, at, digest)
    await write(studio, [studio.blobs, ...registryTables(studio)], async () => {
      await studio.blobs.bulkPut(blobs)
      await commitRegistration(studio, { version, alias: null, events, after })
    })
    return { versionId: version.id, already: false }
  })
}

async function preparedBlobs({ imported, weights, golden, topology }: NewImport) {
  const { network, weightsSha256, goldenSha256 } = imported
  const topologySha256 = network.kind === 'layers-model' ? network.topologySha256 : null
  const named = [
    { bytes: weights, sha256: weightsSha256 },
    { bytes: golden, sha256: goldenSha256 },
    ...(topology === null ? [] : [{ bytes: topology, sha256: topologySha256 }]),
  ]
  return Promise.all(
    named.map(async ({ bytes, sha256 }) => {
      const blob = await prepareBlob(bytes)
      if (blob.sha256 === sha256) return blob
      throw new StorageError(
        'damaged',
        `The import names bytes with SHA-256 ${String(sha256)}, found ${blob.sha256}. Nothing was kept; choose the file again.`,
      )
    }),
  )
}
