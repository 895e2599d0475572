import type { ImportedModel } from '../../src/domain/bundle/imported'
import { readingsOf, type PreprocessReading } from '../../src/domain/bundle/readings'
import type { Dataset } from '../../src/domain/dataset/dataset'
import type { Preprocess } from '../../src/domain/image/preprocess'
import { encodeGolden, goldenVectors, type GoldenVectors } from '../../src/domain/metrics/golden'
import type { BundleCommand, ImportReport } from '../../src/protocol/bundle'
import { digest } from '../../src/storage/blobs'
import { getDataset, listDatasets, readDataset } from '../../src/storage/datasets'
import { commitImport } from '../../src/storage/imports'
import { chosenDataset } from '../../src/storage/settings'
import { readLayersFiles, type LayersFiles } from '../bundle/layers-files'
import { readSample } from '../bundle/prove'
import type { Answering } from '../bundle/rehearse'
import type { EngineHost } from '../engine/contract'
import { openNetwork } from '../engine/open-network'
import { standInDigits } from './bundle-export'
import type { BundleSessionHost, Report } from './bundle-host'
import { SessionError } from './serve'

/** Test digits that tell a right preprocessing from a wrong one; such models are read by tfjs, which is slow. */
const SAMPLE = 500
/** Digits that each other preprocessing is tried on. */
const TRIAL = 50
/** A model that reads fewer was most likely given the wrong preprocessing. */
const SUSPICIOUS = 0.8

/** Somebody else's tf.layers model becomes a version: its golden vectors are made here, its preprocessing is the person's word. */
export async function importLayersModel(
  { files, preprocess, model }: Extract<BundleCommand, { kind: 'import-layers-model' }>,
  host: BundleSessionHost,
  report: Report,
): Promise<ImportReport> {
  report('Reading the model')
  const read = await readLayersFiles(files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) })))
  if (!read.ok) throw new SessionError(read.problem.code, read.problem.message)
  const theirs = read.value
  const dataset = await datasetHere()
  report('Letting it read digits')
  const { golden, sample } = await tried(theirs, preprocess, dataset, host.engine)
  const warning = await suspicion(theirs, preprocess, sample, dataset, host.engine, report)
  report('Registering')
  const encoded = encodeGolden(golden)
  const { versionId, already } = await commitImport({
    model,
    imported: await importOf(theirs, preprocess, encoded),
    weights: theirs.weights,
    golden: encoded,
    topology: theirs.topology,
    at: host.clock(),
    reason: `Imported from ${theirs.name}, a model of tf.layers`,
  })
  return {
    versionId,
    already,
    golden: null,
    sample: sample && { ...sample, dataset: dataset?.record.name ?? '' },
    warning,
  }
}

async function importOf(
  { name, topology, weights, parameterCount }: LayersFiles,
  preprocess: Preprocess,
  golden: Uint8Array,
): Promise<ImportedModel> {
  return {
    origin: { kind: 'layers-model', fileName: name },
    network: { kind: 'layers-model', name, topologySha256: await digest(topology) },
    parameterCount,
    preprocess,
    dataset: null,
    weightsSha256: await digest(weights),
    evaluation: null,
    goldenSha256: await digest(golden),
    baseline: null,
  }
}

interface Trial {
  readonly golden: GoldenVectors
  readonly sample: { readonly count: number; readonly correct: number } | null
}

async function tried(
  theirs: LayersFiles,
  preprocess: Preprocess,
  dataset: Dataset | null,
  engine: EngineHost,
): Promise<Trial> {
  return withModel(theirs, preprocess, engine, async (predictor) => {
    const digits = await standInDigits()
    const logits = await predictor.predict(digits.images)
    if (!logits.every(Number.isFinite))
      throw new SessionError(
        'bad-input',
        `${theirs.name} answers with values that are no numbers, so it was not registered.`,
      )
    return {
      golden: goldenVectors(digits, logits),
      sample: dataset && (await readSample(dataset.test, predictor, SAMPLE)),
    }
  })
}

/** What to say of a model that reads badly: which preprocessing would do better, where one would. */
async function suspicion(
  theirs: LayersFiles,
  preprocess: Preprocess,
  sample: Trial['sample'],
  dataset: Dataset | null,
  engine: EngineHost,
  report: Report,
): Promise<string | null> {
  if (sample === null || dataset === null || sample.correct >= SUSPICIOUS * sample.count) return null
  const found = `With this preprocessing it reads ${percent(sample)} of ${sample.count} test digits of ${dataset.record.name}.`
  report('Trying other preprocessing')
  let best: { readonly reading: PreprocessReading; readonly correct: number } | null = null
  for (const reading of readingsOf(preprocess)) {
    const { correct } = await withModel(theirs, reading.preprocess, engine, (predictor) =>
      readSample(dataset.test, predictor, TRIAL),
    )
    if (best === null || correct > best.correct) best = { reading, correct }
  }
  if (best === null || best.correct < SUSPICIOUS * TRIAL)
    return `${found} No other usual preprocessing does much better: it may be trained on other digits.`
  return `${found} With ${best.reading.name} it reads ${percent({ correct: best.correct, count: TRIAL })} of ${TRIAL}: import it again with that.`
}

async function withModel<Answer>(
  { name, topology, weights }: LayersFiles,
  preprocess: Preprocess,
  engine: EngineHost,
  ask: (predictor: Answering) => Promise<Answer>,
): Promise<Answer> {
  try {
    const network = { kind: 'layers-model', name, topologySha256: await digest(topology) } as const
    const predictor = await openNetwork(network, { weights, topology }, preprocess, engine, 1)
    try {
      return await ask(predictor)
    } finally {
      predictor.dispose()
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new SessionError(
      'bad-input',
      `${name} cannot be run here: ${error.message}. Nothing was registered.`,
    )
  }
}

/** The dataset that training uses, or the newest; null when none is stored. */
async function datasetHere(): Promise<Dataset | null> {
  const chosen = await chosenDataset()
  const record = (chosen === null ? null : await getDataset(chosen)) ?? (await listDatasets())[0]
  return record ? readDataset(record.id) : null
}

function percent({ count, correct }: { readonly count: number; readonly correct: number }): string {
  return `${((100 * correct) / count).toFixed(1)} %`
}
