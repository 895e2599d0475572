import { readFile, stat } from 'node:fs/promises'
import { modelName } from '../src/domain/ids'
import { IMAGE_PIXELS } from '../src/domain/image/preprocess'
import type { DriftBaseline } from '../src/domain/metrics/baseline'
import type { ModelVersion } from '../src/domain/registry/records'
import { networkName } from '../src/domain/registry/versions'
import { openBundle } from '../workers/bundle/open'
import { rehearse } from '../workers/bundle/rehearse'
import { openNetwork, type NetworkBytes, type NetworkPredictor } from '../workers/engine/open-network'
import type { ServedModel } from '../workers/serving/service'
import { reasonOf } from './files'
import { bytesOfFloats } from './float-bytes'
import { nodeDigest, nodeEngineHost } from './host'
import { done, type Result, usage } from './problem'
import { findVersion, readRegistered } from './registered-model'
import { readRegistry } from './registry'

export const USUAL_ALIAS = 'champion'
/** Digits read before the first request: the first ones take ten times as long as the fiftieth. */
const PRACTICE = 50
const MAX_BUNDLE_BYTES = 256 * 1024 * 1024

/** A model that answers, with what drift is measured against; null in versions of before it was kept. */
export interface OpenedModel extends ServedModel {
  readonly baseline: DriftBaseline | null
}

/** The champion of a results folder, or the version that was asked for. */
export async function openRegistered(
  out: string,
  model: string,
  wanted: string | null,
): Promise<Result<OpenedModel>> {
  const registry = await readRegistry(out)
  if (!registry.ok) return registry
  const version = findVersion(registry.value, model, wanted ?? USUAL_ALIAS)
  if (version === null)
    return usage(
      'not-found',
      `${out} has no ${wanted ?? USUAL_ALIAS} of ${model} to serve. Run the pipeline command with the same --out first, or name a bundle with --bundle.`,
    )
  const registered = await readRegistered(out, version)
  if (!registered.ok) return registered
  const { aliases } = registry.value
  const named = aliases.filter(({ versionId }) => versionId === version.id).map(({ alias }) => alias)
  const { network } = version
  if (network.kind !== 'spec')
    return usage('unsupported', `${version.id} is a foreign model: export it and serve the bundle.`)
  const bytes = { weights: bytesOfFloats(registered.value.weights), topology: null }
  return done(await served(version, await answering(version, bytes), named))
}

/** A bundle, verified whole and rehearsed with its golden vectors before it answers anybody. */
export async function openBundleFile(file: string): Promise<Result<OpenedModel>> {
  const bytes = await readBundle(file)
  if (!bytes.ok) return bytes
  const opened = await openBundle(bytes.value, { digest: nodeDigest })
  if (!opened.ok) return usage(opened.problem.code, `${file}: ${opened.problem.message}`)
  const bundle = opened.value
  const { version } = bundle
  let predictor: NetworkPredictor
  try {
    predictor = await answering(version, bundle)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return usage('bad-input', `${file} holds a model that cannot be run: ${error.message}`)
  }
  const { problem } = await rehearse(bundle, predictor)
  if (problem !== null) return usage(problem.code, `${file}: ${problem.message}`)
  return done(await served(version, predictor, []))
}

async function readBundle(file: string): Promise<Result<Uint8Array>> {
  try {
    const { size } = await stat(file)
    if (size > MAX_BUNDLE_BYTES)
      return usage('over-budget', `${file} must be a bundle of at most 256 MB, found ${size} bytes.`)
    return done(new Uint8Array(await readFile(file)))
  } catch (error) {
    return usage('not-found', `${file} could not be read (${reasonOf(error)}). Name a bundle with --bundle.`)
  }
}

/** One thread: single digits are too small to share. */
function answering(version: ModelVersion, bytes: NetworkBytes): Promise<NetworkPredictor> {
  return openNetwork(version.network, bytes, version.preprocess, nodeEngineHost(), 1)
}

async function served(
  version: ModelVersion,
  predictor: NetworkPredictor,
  aliases: readonly string[],
): Promise<OpenedModel> {
  const practice = new Uint8Array(IMAGE_PIXELS)
  for (let round = 0; round < PRACTICE; round++) await predictor.predict(practice)
  return {
    name: modelName(version.id),
    version: String(version.version),
    aliases,
    network: networkName(version.network),
    parameters: version.parameterCount,
    preprocess: version.preprocess,
    evaluation: version.evaluation,
    dataset: version.dataset,
    weightsSha256: version.weightsSha256,
    baseline: version.baseline,
    device: predictor.record.device,
    predict: (images) => predictor.predict(images),
  }
}
