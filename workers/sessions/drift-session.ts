import { CLASS_COUNT } from '../../src/domain/dataset/dataset'
import type { DriftFindings, DriftWindow } from '../../src/domain/drift/report'
import {
  accuracyOf,
  countClasses,
  countWindow,
  driftFindings,
  type WindowCounts,
} from '../../src/domain/drift/signals'
import { type TrafficFigures, trafficFigures } from '../../src/domain/drift/traffic'
import { epochMillis, type VersionId } from '../../src/domain/ids'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { binCounts, driftBaseline, type DriftBaseline } from '../../src/domain/metrics/baseline'
import type { ModelVersion } from '../../src/domain/registry/records'
import type { DriftCommand, DriftMessage, DriftRequest, SimulationRequest } from '../../src/protocol/drift'
import type { Hello } from '../../src/protocol/version'
import { readDataset } from '../../src/storage/datasets'
import { StorageError } from '../../src/storage/errors'
import { listFeedback } from '../../src/storage/feedback'
import { listPredictions } from '../../src/storage/predictions'
import type { EngineHost } from '../engine/contract'
import type { NetworkPredictor } from '../engine/open-network'
import { INGEST_BUDGET } from '../ingest/budget'
import { readSplitFiles } from '../ingest/split-files'
import { sampled, shifted, type Window } from './drift-window'
import { openVersion } from './open-version'
import { SessionError, type Post, type Session } from './serve'

type Command = Exclude<DriftCommand, Hello>
type Message = Exclude<DriftMessage, Hello>

/** Images between two progress messages. */
const STRETCH = 1024

/** Looks for drift; stores nothing. The page ends the worker after its answer. */
export function driftSession(host: EngineHost): Session<Command, Message> {
  return {
    async handle(command, post) {
      switch (command.kind) {
        case 'look':
          return post({ kind: 'found', findings: await look(command.request, { host, post }) })
        case 'simulate':
          return simulate(command.request, { host, post })
        case 'traffic':
          return post({ kind: 'traffic', figures: await traffic(command.versionId) })
      }
    },
    failed: (error) => ({ kind: 'failed', error }),
  }
}

interface Job {
  readonly host: EngineHost
  readonly post: Post<Message>
}

/** A version that answers, and what its answers are compared with. */
interface Watched {
  readonly version: ModelVersion
  readonly predictor: NetworkPredictor
  readonly baseline: DriftBaseline
}

async function look(request: DriftRequest, job: Job): Promise<DriftFindings> {
  const watched = await watch(request.versionId, job)
  try {
    const { source } = request
    if (source.kind === 'predictions') return await lookAtLog(source.from, request.threshold, watched)
    const { described, window } = await windowOf(request, watched.version, job)
    return await compare(described, window, request.threshold, watched, job)
  } finally {
    watched.predictor.dispose()
  }
}

async function simulate(request: SimulationRequest, job: Job): Promise<void> {
  const { datasetId, split: name, shift, strengths, sample, seed, threshold } = request
  const watched = await watch(request.versionId, job)
  try {
    const dataset = await readDataset(datasetId)
    const split = dataset[name]
    for (const strength of strengths) {
      const window = shifted(split, shift, strength, sample, seed)
      const described = { kind: 'simulation', name: dataset.record.name, shift, strength } as const
      const findings = await compare(described, window, threshold, watched, job)
      job.post({ kind: 'strength', strength, findings })
    }
    job.post({ kind: 'simulated' })
  } finally {
    watched.predictor.dispose()
  }
}

/** A version without a baseline gets the one it would have been made with, from the digits that it was measured on. */
async function watch(versionId: VersionId, job: Job): Promise<Watched> {
  const { version, predictor } = await openVersion(versionId, job.host, 0)
  if (version.baseline !== null) return { version, predictor, baseline: version.baseline }
  try {
    const { record, test } = await ownDataset(version)
    const logits = await answers(test.images, predictor, 'Reading the version’s own test digits', job)
    const baseline = driftBaseline(logits, record.train.profile.classCounts, record.test.digest)
    return { version, predictor, baseline }
  } catch (error) {
    predictor.dispose()
    throw error
  }
}

async function ownDataset({ id, dataset }: ModelVersion) {
  const why = `${id} came without a baseline`
  if (dataset === null)
    throw new SessionError(
      'not-found',
      `${why}, and its maker did not say what it was trained on, so there is nothing to compare with. Register a run of this studio, or import a bundle that has a baseline.`,
    )
  try {
    return await readDataset(dataset.id)
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'not-found')) throw error
    throw new SessionError(
      'not-found',
      `${why}, and the dataset it would be made from, ${dataset.name}, is not stored here. Load it on the Data screen, then look again.`,
    )
  }
}

async function windowOf(
  { source, sample, seed }: DriftRequest,
  version: ModelVersion,
  job: Job,
): Promise<{ described: DriftWindow; window: Window }> {
  switch (source.kind) {
    case 'predictions':
      throw new Error('the log of predictions has no window of images')
    case 'files': {
      const name = source.files.map((file) => file.name).join(', ')
      const split = await readFiles(source.files, version, job)
      return { described: { kind: 'file', name }, window: sampled(split, sample, seed) }
    }
    case 'dataset': {
      const { datasetId, split } = source
      const dataset = await readDataset(datasetId)
      const described = { kind: 'dataset', datasetId, name: dataset.record.name, split } as const
      return { described, window: sampled(dataset[split], sample, seed) }
    }
    case 'simulation': {
      const { shift, strength } = source
      const dataset = await readDataset(source.datasetId)
      const split = dataset[source.split]
      const described = { kind: 'simulation', name: dataset.record.name, shift, strength } as const
      return { described, window: shifted(split, shift, strength, sample ?? split.count, seed) }
    }
  }
}

async function readFiles(
  files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[],
  { preprocess }: ModelVersion,
  { post }: Job,
) {
  const outcome = await readSplitFiles(
    files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) })),
    {
      preprocess,
      budget: INGEST_BUDGET,
      // Stopping ends the whole worker.
      signal: new AbortController().signal,
      onProgress: ({ label, done, total }) => post({ kind: 'progress', label, done, total }),
    },
  )
  if (!outcome.ok) throw new SessionError(outcome.problem.code, outcome.problem.message)
  return outcome.value
}

async function compare(
  described: DriftWindow,
  { images, labels, available }: Window,
  threshold: number,
  { predictor, baseline }: Watched,
  job: Job,
): Promise<DriftFindings> {
  const logits = await answers(images, predictor, 'Reading the window', job)
  const accuracy = labels === null ? null : accuracyOf(logits, labels)
  const what = { window: described, available, threshold, accuracy }
  return driftFindings(what, countWindow(logits, labels, baseline), baseline)
}

/** What the version answered to whoever asked, as it was logged; labels and truth are those that people gave. */
async function lookAtLog(
  from: number,
  threshold: number,
  { version, baseline }: Watched,
): Promise<DriftFindings> {
  const logged = (await listPredictions()).filter(
    ({ at, versionId }) => versionId === version.id && at >= from,
  )
  const [first, last] = [logged[0], logged.at(-1)]
  if (first === undefined || last === undefined)
    throw new SessionError(
      'not-found',
      `No answer of ${version.id} is logged in this time. Draw some digits or send requests first, or look at a dataset.`,
    )
  const told = (await listFeedback()).filter(({ at, versionId }) => versionId === version.id && at >= from)
  const counts: WindowCounts = {
    labels: told.length === 0 ? null : countClasses(told.map(({ label }) => label)),
    answers: {
      predictions: countClasses(logged.map(({ label }) => label)),
      margins: binCounts(
        Float64Array.from(logged, ({ margin }) => margin),
        baseline.margin.edges,
      ),
    },
  }
  const correct = told.filter(({ answered, label }) => answered === label).length
  const accuracy = told.length === 0 ? null : { correct, count: told.length }
  const window = { kind: 'predictions', from: epochMillis(first.at), to: epochMillis(last.at) } as const
  return driftFindings({ window, available: logged.length, threshold, accuracy }, counts, baseline)
}

async function traffic(versionId: VersionId): Promise<TrafficFigures> {
  const logged = (await listPredictions()).filter((row) => row.versionId === versionId)
  const told = (await listFeedback()).filter((row) => row.versionId === versionId)
  return trafficFigures(logged, told)
}

async function answers(
  images: Uint8Array,
  predictor: NetworkPredictor,
  label: string,
  { host, post }: Job,
): Promise<Float32Array> {
  const count = images.length / IMAGE_PIXELS
  const logits = new Float32Array(count * CLASS_COUNT)
  for (let first = 0; first < count; first += STRETCH) {
    post({ kind: 'progress', label, done: first, total: count })
    const stretch = images.subarray(first * IMAGE_PIXELS, (first + STRETCH) * IMAGE_PIXELS)
    logits.set(await predictor.predict(stretch), first * CLASS_COUNT)
    await host.breathe()
  }
  return logits
}
