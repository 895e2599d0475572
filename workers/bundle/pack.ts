import { zipSync, type Zippable } from 'fflate'
import { BUNDLE_FORMAT, BUNDLE_VERSION, MANIFEST_FILE, type Manifest } from '../../src/domain/bundle/manifest'
import { bytesToFloats } from '../../src/domain/bundle/bytes'
import { layersModel } from '../../src/domain/bundle/layers-model'
import {
  condaText,
  mlmodelText,
  pythonEnvText,
  requirementsText,
  SIGNATURE,
} from '../../src/domain/bundle/mlmodel'
import { modelCard } from '../../src/domain/bundle/model-card'
import { onnxModel } from '../../src/domain/bundle/onnx'
import {
  BUNDLE_FILES,
  goldenFile,
  goldenTolerance,
  preprocessFile,
  versionFile,
} from '../../src/domain/bundle/records'
import { safetensorsOf } from '../../src/domain/bundle/safetensors-file'
import { baselineShares, eventsText, metricsText, paramsText } from '../../src/domain/bundle/training-files'
import { CLASS_COUNT } from '../../src/domain/dataset/dataset'
import type { Sha256 } from '../../src/domain/ids'
import { encodeGolden } from '../../src/domain/metrics/golden'
import { evaluationResults } from '../../src/domain/metrics/results'
import type { ModelSpec } from '../../src/domain/model/spec'
import { networkName, runOf } from '../../src/domain/registry/versions'
import { assessmentJson } from '../../src/domain/release/assessment-json'
import type { BundleParts, PackBundle, PackingHost } from './contract'

type Content = string | Uint8Array

/** Zip knows no time before it; the same for all files, so that equal contents are equal bytes. */
const ZIP_TIME = new Date(1980, 0, 1)

/** Files whose digests the model card names. */
const CARD_FILES = [
  BUNDLE_FILES.weights,
  BUNDLE_FILES.topology,
  'model.onnx',
  BUNDLE_FILES.safetensors,
  BUNDLE_FILES.preprocess,
  BUNDLE_FILES.golden,
]

export const packBundle: PackBundle = async (parts, host) => {
  const goldenSha256 = await host.digest(encodeGolden(parts.golden))
  const contents = new Map<string, Content>([
    [BUNDLE_FILES.version, json(versionFile(parts.version, goldenSha256))],
    ...modelFiles(parts, host),
    ...recordFiles(parts),
  ])
  const digests = await digestsOf(contents, CARD_FILES, host)
  contents.set('model_card.md', modelCard({ ...parts, ...cardFacts(parts, host), digests }))

  const files = new Map([...contents].map(([name, content]) => [name, bytesOf(content)]))
  const manifest = await manifestOf(parts, files, host)
  const zip: Zippable = { [MANIFEST_FILE]: [bytesOf(json(manifest)), { mtime: ZIP_TIME }] }
  for (const [name, bytes] of files) zip[name] = [bytes, { mtime: ZIP_TIME }]
  return new Uint8Array(zipSync(zip))
}

/** The model in each format; a foreign one in its own only. */
function modelFiles(parts: BundleParts, host: PackingHost): [string, Content][] {
  const { version, weights, topology } = parts
  if (version.network.kind === 'layers-model')
    return [
      [BUNDLE_FILES.topology, topology ?? new Uint8Array()],
      [BUNDLE_FILES.weights, weights],
    ]
  const { spec } = version.network
  const flat = bytesToFloats(weights)
  const layers = layersModel(spec, flat, `MNIST Studio ${host.appVersion}`)
  const onnx = onnxFile(parts, spec, flat, host)
  return [
    [BUNDLE_FILES.topology, json(layers.json)],
    [BUNDLE_FILES.weights, layers.weights],
    ['model.onnx', onnx],
    [BUNDLE_FILES.safetensors, safetensorsOf(spec, flat, parts.run?.status.result.stepsDone ?? 0)],
    ['signature.json', json(SIGNATURE)],
    ...environmentFiles(parts, onnx.length, host),
  ]
}

function onnxFile(parts: BundleParts, spec: ModelSpec, flat: Float32Array, host: PackingHost): Uint8Array {
  const { id, preprocess, weightsSha256 } = parts.version
  return onnxModel(spec, flat, {
    producerVersion: host.appVersion,
    normalise: null,
    metadata: {
      classes: JSON.stringify(Array.from({ length: CLASS_COUNT }, (_, label) => String(label))),
      preprocess: JSON.stringify(preprocessFile(preprocess)),
      version: id,
      weights_sha256: weightsSha256,
    },
  })
}

function environmentFiles(
  { version }: BundleParts,
  onnxBytes: number,
  host: PackingHost,
): [string, string][] {
  const { weightsSha256 } = version
  const facts = { onnxBytes, weightsSha256, runId: runOf(version), createdUtc: utc(host, 6) }
  return [
    ['MLmodel', mlmodelText(facts)],
    ['conda.yaml', condaText()],
    ['python_env.yaml', pythonEnvText()],
    ['requirements.txt', requirementsText()],
  ]
}

/** What is known about the model, as far as it is known. */
function recordFiles({ version, golden, run, steps, assessment, events }: BundleParts): [string, string][] {
  const files: [string, string][] = [
    [BUNDLE_FILES.preprocess, json(preprocessFile(version.preprocess))],
    [BUNDLE_FILES.golden, `${JSON.stringify(goldenFile(golden))}\n`],
  ]
  const { evaluation, baseline } = version
  if (evaluation !== null) files.push(['evaluation_results.json', json(evaluationResults(evaluation, null))])
  if (assessment !== null)
    files.push(['release_assessment.json', json(assessmentJson(assessment.assessment))])
  if (baseline !== null)
    files.push(
      ['baseline_distribution.json', json(baselineShares(baseline))],
      [BUNDLE_FILES.baseline, json(baseline)],
    )
  if (run !== null)
    files.push(['params.yaml', paramsText(run)], ['metrics.jsonl', metricsText(run.epochs, steps)])
  if (events.length > 0) files.push(['events.jsonl', eventsText(events)])
  return files
}

function cardFacts({ golden }: BundleParts, host: PackingHost) {
  return {
    createdUtc: utc(host, 0),
    appVersion: host.appVersion,
    goldenCount: golden.count,
    tolerance: goldenTolerance(golden),
  }
}

async function manifestOf(
  { version }: BundleParts,
  files: ReadonlyMap<string, Uint8Array>,
  host: PackingHost,
): Promise<Manifest> {
  const entries: [string, Manifest['files'][string]][] = []
  for (const [name, bytes] of files)
    entries.push([name, { sha256: await host.digest(bytes), size: bytes.length }])
  return {
    format: BUNDLE_FORMAT,
    version: BUNDLE_VERSION,
    created: host.created,
    app: `MNIST Studio ${host.appVersion}`,
    files: Object.fromEntries(entries),
    model: {
      name: version.model,
      version: version.version,
      parameters: version.parameterCount,
      architecture: networkName(version.network),
    },
    parents: version.parent === null ? [] : [version.parent],
  }
}

async function digestsOf(
  contents: ReadonlyMap<string, Content>,
  names: readonly string[],
  host: PackingHost,
): Promise<ReadonlyMap<string, Sha256>> {
  const digests = new Map<string, Sha256>()
  for (const name of names) {
    const content = contents.get(name)
    if (content !== undefined) digests.set(name, await host.digest(bytesOf(content)))
  }
  return digests
}

/** `2026-01-01 00:00:00`, and so many digits of a second. */
function utc({ created }: PackingHost, digits: number): string {
  const [whole = '', fraction = ''] = new Date(created)
    .toISOString()
    .replace('T', ' ')
    .replace('Z', '')
    .split('.')
  return digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, '0')}`
}

function bytesOf(content: Content): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`
}
