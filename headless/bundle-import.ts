import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { importedModel, importedVersion, sameModel } from '../src/domain/bundle/imported'
import { epochMillis } from '../src/domain/ids'
import { encodeGolden } from '../src/domain/metrics/golden'
import type { ModelVersion } from '../src/domain/registry/records'
import { runOf } from '../src/domain/registry/versions'
import type { VerifiedBundle } from '../workers/bundle/contract'
import { openBundle } from '../workers/bundle/open'
import type { StoredSplit } from '../workers/bundle/prove'
import { ZIP_BUDGET } from '../workers/bundle/zip-reader'
import { proveHere } from './bundle-proof'
import { jsonText, reasonOf, writeAtomically } from './files'
import { nodeDigest } from './host'
import { done, type Result, usage } from './problem'
import { goldenFile, topologyFile } from './registered-model'
import { readRegistry, REGISTRY_FILE, weightsFile, withRegistered } from './registry'
import { type Job, readPrepared, type Report } from './stages'

/**
 * Makes the bundle of `--bundle` the next version in the registry of `--out`, after everything about it was checked. Where its own
 * test digits are at hand (`--data`, or MNIST_DIR), its accuracy is checked on a sample of them.
 */
export async function importCommand(job: Job): Promise<Result<Report>> {
  const { line, resolved, progress } = job
  if (line.bundle === null) return usage('bad-params', 'import needs --bundle FILE: the bundle to read.')
  const registry = await readRegistry(line.out)
  if (!registry.ok) return registry
  const bytes = await readBundle(line.bundle)
  if (!bytes.ok) return bytes
  const fileName = basename(line.bundle)
  progress.show(`Checking ${fileName}`)
  const opened = await openBundle(bytes.value, { digest: nodeDigest })
  if (!opened.ok) return usage(opened.problem.code, `${fileName}: ${opened.problem.message}`)
  const bundle = opened.value
  const split = await splitAtHand(job)
  if (!split.ok) return split
  const proof = await proveHere(bundle, split.value)
  if (!proof.ok) return usage(proof.problem.code, `${fileName}: ${proof.problem.message}`)

  const model = resolved.params.mlflow.registered_model_name
  const imported = importedModel(bundle.version, fileName, bundle.sha256)
  const same = sameModel(
    registry.value.versions.filter((version) => version.model === model),
    imported,
  )
  const now = Date.now()
  const version = same ?? importedVersion(model, imported, registry.value.versions, epochMillis(now))
  const outputs = bytesOf(version, bundle)
  if (same === undefined) {
    const reason = `Imported from ${fileName}, where it was ${bundle.version.id}`
    const grown = await withRegistered(registry.value, version, runOf(version), reason, now)
    outputs.set(REGISTRY_FILE, jsonText(grown))
  }
  await writeAtomically(line.out, outputs)
  progress.say(same ? `${same.id} is this very model already.` : `Registered ${version.id}`)
  return done({
    version: version.id,
    already: same !== undefined,
    bundle: line.bundle,
    bundleSha256: bundle.sha256,
    exportedAs: bundle.version.id,
    weightsSha256: version.weightsSha256,
    goldenVectors: bundle.golden.count,
    largestDifference: proof.value.largestDifference,
    sample: proof.value.sample,
    out: line.out,
  })
}

/** The version's files; the record that names them comes after them. */
function bytesOf(
  version: ModelVersion,
  { weights, golden, topology }: VerifiedBundle,
): Map<string, string | Uint8Array> {
  const { network, goldenSha256 } = version
  const outputs = new Map<string, string | Uint8Array>([[weightsFile(version), weights]])
  if (goldenSha256 !== null) outputs.set(goldenFile(goldenSha256), encodeGolden(golden))
  if (network.kind === 'layers-model' && topology !== null)
    outputs.set(topologyFile(network.topologySha256), topology)
  return outputs
}

async function splitAtHand(job: Job): Promise<Result<StoredSplit | null>> {
  if (job.line.data === null && job.mnistFolder === null) return done(null)
  const dataset = await readPrepared(job)
  if (!dataset.ok) return dataset
  const { record, test } = dataset.value
  return done({ digest: record.test.digest, images: test })
}

async function readBundle(file: string): Promise<Result<Uint8Array>> {
  try {
    const { size } = await stat(file)
    if (size > ZIP_BUDGET.fileBytes)
      return usage('over-budget', `${file} has ${size} bytes; at most ${ZIP_BUDGET.fileBytes} are read.`)
    return done(new Uint8Array(await readFile(file)))
  } catch (error) {
    return usage('not-found', `${file} could not be read (${reasonOf(error)}). Name a bundle with --bundle.`)
  }
}
