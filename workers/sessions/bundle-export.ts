import { BUNDLE_EXTENSION } from '../../src/domain/bundle/manifest'
import type { VersionId } from '../../src/domain/ids'
import { decodeGolden, goldenVectors, type GoldenVectors } from '../../src/domain/metrics/golden'
import { isEnded } from '../../src/domain/registry/run'
import { runOf } from '../../src/domain/registry/versions'
import type { BundleMessage } from '../../src/protocol/bundle'
import { listAssessments } from '../../src/storage/assessments'
import { digest } from '../../src/storage/blobs'
import { listEvents, readVersion, type VersionBytes } from '../../src/storage/registry'
import { getRun } from '../../src/storage/runs'
import { readSteps } from '../../src/storage/steps'
import type { BundleParts } from '../bundle/contract'
import { openBundle } from '../bundle/open'
import { packBundle } from '../bundle/pack'
import { rehearse, type Answering } from '../bundle/rehearse'
import { openNetwork } from '../engine/open-network'
import { generateDigitsInChunks } from '../ingest/built-in/generate'
import type { BundleSessionHost, Report } from './bundle-host'
import { SessionError } from './serve'

/** Digits that vectors are made of where a version kept none. */
const STAND_IN = { seed: 42, count: 80 }

/** Packs a version, then opens what was packed and lets it answer: nothing leaves the studio that an import would refuse. */
export async function exportVersion(
  id: VersionId,
  host: BundleSessionHost,
  report: Report,
): Promise<Extract<BundleMessage, { kind: 'exported' }>> {
  report(`Reading ${id}`)
  const stored = await readVersion(id)
  const parts = await partsOf(stored, host)
  report('Writing tf.layers, ONNX and safetensors')
  const created = host.clock()
  const bytes = await packBundle(parts, { digest, created, appVersion: host.appVersion })
  report('Opening it again and rehearsing its golden vectors')
  const opened = await openBundle(bytes, { digest })
  if (!opened.ok)
    throw new SessionError(opened.problem.code, `${id} cannot be exported: ${opened.problem.message}`)
  const { version, weights, files } = opened.value
  const { problem } = await answering({ ...stored, version, weights }, host, (predictor) =>
    rehearse(opened.value, predictor),
  )
  if (problem !== null) throw new SessionError(problem.code, `${id} cannot be exported: ${problem.message}`)
  return {
    kind: 'exported',
    fileName: `${version.model}-v${version.version}${BUNDLE_EXTENSION}`,
    bytes: bytes.buffer,
    files: [...files].map(([name, { length }]) => ({ name, size: length })),
  }
}

async function partsOf(stored: VersionBytes, host: BundleSessionHost): Promise<BundleParts> {
  const { version, weights, topology, golden } = stored
  const runId = runOf(version)
  const run = runId === null ? null : await getRun(runId)
  const [assessment = null] = await listAssessments(version.weightsSha256)
  return {
    version,
    weights,
    topology,
    golden: golden === null ? await newGolden(stored, host) : decodeGolden(golden),
    run: run !== null && isEnded(run) ? run : null,
    steps: runId === null ? [] : await readSteps(runId),
    assessment,
    events: await listEvents(),
  }
}

/** Vectors of built-in digits, for a version of before any were kept. */
async function newGolden(stored: VersionBytes, host: BundleSessionHost): Promise<GoldenVectors> {
  const digits = await standInDigits()
  return answering(stored, host, async (predictor) =>
    goldenVectors(digits, await predictor.predict(digits.images)),
  )
}

/** Built-in digits that every studio writes alike. */
export async function standInDigits() {
  const { signal } = new AbortController()
  const chunks = generateDigitsInChunks(STAND_IN.seed, STAND_IN.count, { first: 0, signal })
  for (;;) {
    const next = await chunks.next()
    if (next.done) return next.value
  }
}

async function answering<Answer>(
  {
    version,
    weights,
    topology,
  }: Pick<VersionBytes, 'weights' | 'topology'> & {
    readonly version: Pick<VersionBytes['version'], 'network' | 'preprocess'>
  },
  host: BundleSessionHost,
  ask: (predictor: Answering) => Promise<Answer>,
): Promise<Answer> {
  const { network, preprocess } = version
  const predictor = await openNetwork(network, { weights, topology }, preprocess, host.engine, 1)
  try {
    return await ask(predictor)
  } finally {
    predictor.dispose()
  }
}
