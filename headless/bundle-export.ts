import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { epochMillis } from '../src/domain/ids'
import { decodeGolden } from '../src/domain/metrics/golden'
import type { ModelVersion } from '../src/domain/registry/records'
import type { EndedRun } from '../src/domain/registry/run'
import { runOf } from '../src/domain/registry/versions'
import { openBundle } from '../workers/bundle/open'
import { packBundle } from '../workers/bundle/pack'
import { APP_VERSION } from './app-version'
import { readOutput, reasonOf } from './files'
import { digestNow, nodeDigest } from './host'
import { done, type Result, usage } from './problem'
import { findVersion, goldenFile, topologyFile } from './registered-model'
import { readRegistry, weightsFile } from './registry'
import { proveHere } from './bundle-proof'
import type { Job, Report } from './stages'

const USUAL_ALIAS = 'champion'

/** Packs a version of `--out` into `--bundle`; the file is there once it was opened again and rehearsed. */
export async function exportCommand({ line, resolved, progress }: Job): Promise<Result<Report>> {
  const { out, bundle } = line
  if (bundle === null) return usage('bad-params', 'export needs --bundle FILE: where the bundle goes.')
  const registry = await readRegistry(out)
  if (!registry.ok) return registry
  const wanted = line.version ?? USUAL_ALIAS
  const version = findVersion(registry.value, resolved.params.mlflow.registered_model_name, wanted)
  if (version === null)
    return usage(
      'not-found',
      `${out} has no version ${wanted} to export. Name one with --version N or --version ALIAS.`,
    )
  const model = await readModel(out, version)
  if (!model.ok) return model
  progress.show(`Packing ${version.id}`)
  const parts = {
    version,
    ...model.value,
    run: await runIn(out, version),
    steps: [],
    assessment: null,
    events: registry.value.events,
  }
  const packing = { digest: nodeDigest, created: epochMillis(Date.now()), appVersion: APP_VERSION }
  const bytes = await packBundle(parts, packing)
  const opened = await openBundle(bytes, packing)
  if (!opened.ok)
    return usage(opened.problem.code, `${version.id} cannot be exported: ${opened.problem.message}`)
  const proof = await proveHere(opened.value, null)
  if (!proof.ok)
    return usage(proof.problem.code, `${version.id} cannot be exported: ${proof.problem.message}`)
  const written = await writeWhole(bundle, bytes)
  if (!written.ok) return written
  return done({
    version: version.id,
    bundle,
    bytes: bytes.length,
    bundleSha256: opened.value.sha256,
    weightsSha256: version.weightsSha256,
    goldenVectors: opened.value.golden.count,
    largestDifference: proof.value.largestDifference,
    files: Object.fromEntries([...opened.value.files].map(([name, content]) => [name, content.length])),
  })
}

/** A version's bytes, each checked against the digest that the registry names. */
async function readModel(out: string, version: ModelVersion) {
  const { weightsSha256, goldenSha256, network, id } = version
  if (goldenSha256 === null)
    return usage('not-found', `${id} has no golden vectors to prove itself by. Run the pipeline again.`)
  const weights = await readNamed(out, weightsFile(version), weightsSha256)
  if (!weights.ok) return weights
  const golden = await readNamed(out, goldenFile(goldenSha256), goldenSha256)
  if (!golden.ok) return golden
  if (network.kind === 'spec')
    return done({ weights: weights.value, golden: decodeGolden(golden.value), topology: null })
  const topology = await readNamed(out, topologyFile(network.topologySha256), network.topologySha256)
  if (!topology.ok) return topology
  return done({ weights: weights.value, golden: decodeGolden(golden.value), topology: topology.value })
}

async function readNamed(out: string, name: string, sha256: string): Promise<Result<Uint8Array>> {
  const wayOut = 'Restore the file, or choose another version.'
  const bytes = await readOutput(out, name, wayOut)
  if (!bytes.ok) return bytes
  const found = digestNow(bytes.value)
  if (found !== sha256)
    return usage('digest-mismatch', `${join(out, name)} has digest ${found}, not that of its name. ${wayOut}`)
  return done(new Uint8Array(bytes.value))
}

/** The run that made a version, where it is the last one of the folder. */
async function runIn(out: string, version: ModelVersion): Promise<EndedRun | null> {
  const text = await readOutput(out, 'run.json', '')
  if (!text.ok) return null
  const run = JSON.parse(text.value.toString()) as EndedRun
  return run.id === runOf(version) ? run : null
}

/** All of the file or none of it. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<Result<void>> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}.new`, bytes)
    await rename(`${file}.new`, file)
    return done(undefined)
  } catch (error) {
    return usage('bad-input', `${file} cannot be written (${reasonOf(error)}). Choose another --bundle.`)
  }
}
