import { importedModel } from '../../src/domain/bundle/imported'
import { encodeGolden } from '../../src/domain/metrics/golden'
import type { BundleCommand, ImportReport } from '../../src/protocol/bundle'
import { digest } from '../../src/storage/blobs'
import { getDataset, readDataset } from '../../src/storage/datasets'
import { commitImport } from '../../src/storage/imports'
import type { VerifiedBundle } from '../bundle/contract'
import { openBundle } from '../bundle/open'
import { proveBundle, type BundleProof, type StoredSplit } from '../bundle/prove'
import { openNetwork } from '../engine/open-network'
import type { BundleSessionHost, Report } from './bundle-host'
import { SessionError } from './serve'

/** From a file to a registered version, or a reason why not; nothing is written before all of it has been proved. */
export async function importBundle(
  { file, model }: Extract<BundleCommand, { kind: 'import-bundle' }>,
  host: BundleSessionHost,
  report: Report,
): Promise<ImportReport> {
  report('Checking every digest')
  const opened = await openBundle(new Uint8Array(file.bytes), { digest })
  if (!opened.ok) throw new SessionError(opened.problem.code, `${file.name}: ${opened.problem.message}`)
  const bundle = opened.value
  const { version, weights, golden, sha256 } = bundle
  const split = await splitOf(bundle)
  report('Letting it answer its golden vectors')
  const proof = await proved(file.name, bundle, split, host)
  report('Registering')
  const { versionId, already } = await commitImport({
    model,
    imported: importedModel(version, file.name, sha256),
    weights,
    golden: encodeGolden(golden),
    topology: bundle.topology,
    at: host.clock(),
    reason: `Imported from ${file.name}, where it was ${version.id}`,
  })
  return {
    versionId,
    already,
    golden: { count: golden.count, largestDifference: proof.largestDifference },
    sample: proof.sample && { ...proof.sample, dataset: version.dataset?.name ?? '' },
    warning: null,
  }
}

async function proved(
  fileName: string,
  bundle: VerifiedBundle,
  split: StoredSplit | null,
  { engine }: BundleSessionHost,
): Promise<BundleProof> {
  const { network, preprocess } = bundle.version
  try {
    const predictor = await openNetwork(network, bundle, preprocess, engine, 1)
    try {
      const proof = await proveBundle(bundle, predictor, split)
      if (proof.ok) return proof.value
      throw new SessionError(proof.problem.code, `${fileName}: ${proof.problem.message}`)
    } finally {
      predictor.dispose()
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new SessionError('bad-input', `${fileName} holds a model that cannot be run: ${error.message}.`)
  }
}

/** The test split of the dataset that the version was measured on, if it is stored here. */
async function splitOf({ version }: VerifiedBundle): Promise<StoredSplit | null> {
  const { dataset, evaluation } = version
  if (dataset === null || evaluation === null || (await getDataset(dataset.id)) === null) return null
  const { record, test } = await readDataset(dataset.id)
  return { digest: record.test.digest, images: test }
}
