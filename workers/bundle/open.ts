import {
  BUNDLE_FILE_NAME,
  BUNDLE_VERSION,
  MANIFEST_FILE,
  readManifest,
  type Manifest,
} from '../../src/domain/bundle/manifest'
import {
  BUNDLE_FILES,
  readBaselineFile,
  readGoldenFile,
  readPreprocessFile,
  readVersionFile,
  type Reading,
  type VersionFile,
} from '../../src/domain/bundle/records'
import { encodeGolden } from '../../src/domain/metrics/golden'
import type { BundleHost, BundleOutcome, OpenBundle } from './contract'
import { parseJson } from './json'
import { failure, success } from './outcome'
import { checkWeights } from './weights'
import { readZip } from './zip-reader'

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

const COPY_AGAIN = 'Export the version again, or copy the file again whole.'

export const openBundle: OpenBundle = async (bytes, host) => {
  const unpacked = await readZip(bytes, BUNDLE_FILE_NAME)
  if (!unpacked.ok) return unpacked
  const manifest = manifestIn(unpacked.value)
  if (!manifest.ok) return manifest
  const files = await verifiedFiles(unpacked.value, manifest.value, host)
  if (!files.ok) return files
  const values = parsedFiles(files.value)
  if (!values.ok) return values

  const record = reading(BUNDLE_FILES.version, values.value, readVersionFile)
  if (!record.ok) return record
  const preprocess = reading(BUNDLE_FILES.preprocess, values.value, readPreprocessFile)
  if (!preprocess.ok) return preprocess
  const vectors = reading(BUNDLE_FILES.golden, values.value, readGoldenFile)
  if (!vectors.ok) return vectors
  const baseline = values.value.has(BUNDLE_FILES.baseline)
    ? reading(BUNDLE_FILES.baseline, values.value, readBaselineFile)
    : success(null)
  if (!baseline.ok) return baseline

  const { golden, tolerance } = vectors.value
  if ((await host.digest(encodeGolden(golden))) !== record.value.goldenSha256)
    return failure(
      'digest-mismatch',
      `${BUNDLE_FILES.golden} holds other vectors than ${BUNDLE_FILES.version} names. ${COPY_AGAIN}`,
    )
  const foreign = manifestProblem(manifest.value, record.value)
  if (foreign !== null) return failure('bad-input', `${foreign} ${COPY_AGAIN}`)
  const weights = await checkWeights(record.value, files.value, host)
  if (!weights.ok) return weights
  const ours = record.value.network.kind === 'spec'
  return success({
    sha256: await host.digest(bytes),
    version: { ...record.value, preprocess: preprocess.value, baseline: baseline.value },
    weights: weights.value,
    golden,
    tolerance,
    evaluation: record.value.evaluation,
    baseline: baseline.value,
    topology: ours ? null : (files.value.get(BUNDLE_FILES.topology) ?? null),
    files: files.value,
  })
}

function manifestIn(files: Files): BundleOutcome<Manifest> {
  const bytes = files.get(MANIFEST_FILE)
  if (bytes === undefined)
    return failure('bad-input', `The zip has no ${MANIFEST_FILE}, so it is no bundle of MNIST Studio.`)
  const parsed = parseJson(MANIFEST_FILE, bytes)
  if (!parsed.ok) return parsed
  const read = readManifest(parsed.value)
  switch (read.kind) {
    case 'read':
      return success(read.manifest)
    case 'newer':
      return failure(
        'unsupported',
        `The bundle has format version ${read.version}; this studio understands up to ${BUNDLE_VERSION}. Open it with a newer studio.`,
      )
    case 'wrong':
      return failure('bad-input', `${MANIFEST_FILE} is not one of a bundle: ${read.finding}. ${COPY_AGAIN}`)
  }
}

/** Every file that the manifest names, as it names it, and no other. */
async function verifiedFiles(
  files: Files,
  manifest: Manifest,
  host: BundleHost,
): Promise<BundleOutcome<Files>> {
  const named = new Map(Object.entries(manifest.files))
  for (const name of files.keys())
    if (name !== MANIFEST_FILE && !named.has(name))
      return failure(
        'bad-input',
        `The zip holds ${name}, which ${MANIFEST_FILE} does not name. ${COPY_AGAIN}`,
      )
  const verified = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const [name, { sha256, size }] of named) {
    const bytes = files.get(name)
    if (bytes === undefined || name === MANIFEST_FILE)
      return failure('bad-input', `${name}, which ${MANIFEST_FILE} names, is missing. ${COPY_AGAIN}`)
    if (bytes.length !== size)
      return failure(
        'digest-mismatch',
        `${name} has ${bytes.length} bytes, ${MANIFEST_FILE} says ${size}. ${COPY_AGAIN}`,
      )
    const found = await host.digest(bytes)
    if (found !== sha256)
      return failure(
        'digest-mismatch',
        `${name} was changed: ${MANIFEST_FILE} names SHA-256 ${sha256}, found ${found}. ${COPY_AGAIN}`,
      )
    verified.set(name, bytes)
  }
  return success(verified)
}

/** All JSON in it, whether it is used here or not: whoever unpacks the bundle will read it. */
function parsedFiles(files: Files): BundleOutcome<ReadonlyMap<string, unknown>> {
  const values = new Map<string, unknown>()
  for (const [name, bytes] of files) {
    if (name.endsWith('.jsonl')) {
      const lines = new TextDecoder().decode(bytes).split('\n')
      for (const line of lines) {
        const parsed = line === '' ? success(null) : parseJson(name, new TextEncoder().encode(line))
        if (!parsed.ok) return parsed
      }
    }
    if (!name.endsWith('.json')) continue
    const parsed = parseJson(name, bytes)
    if (!parsed.ok) return parsed
    values.set(name, parsed.value)
  }
  return success(values)
}

function reading<Value>(
  name: string,
  values: ReadonlyMap<string, unknown>,
  read: (value: unknown) => Reading<Value>,
): BundleOutcome<Value> {
  if (!values.has(name)) return failure('bad-input', `The bundle has no ${name}. ${COPY_AGAIN}`)
  const found = read(values.get(name))
  return found.ok
    ? success(found.value)
    : failure('bad-input', `${name} is not as expected: ${found.finding}. ${COPY_AGAIN}`)
}

function manifestProblem({ model }: Manifest, { id, parameterCount }: VersionFile): string | null {
  if (`${model.name}/${model.version}` === id && model.parameters === parameterCount) return null
  return `${MANIFEST_FILE} is of ${model.name}/${model.version} with ${model.parameters} parameters, ${BUNDLE_FILES.version} of ${id} with ${parameterCount}.`
}
