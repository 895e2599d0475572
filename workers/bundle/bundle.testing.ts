/** A small version with everything a bundle may hold, and the means to make others of it. */
import { createHash } from 'node:crypto'
import { unzipSync, zipSync } from 'fflate'
import { floatBytes } from '../../src/domain/bundle/bytes'
import {
  datasetIdOf,
  epochMillis,
  parseSha256,
  runIdFromBytes,
  versionId,
  type Sha256,
} from '../../src/domain/ids'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { driftBaseline } from '../../src/domain/metrics/baseline'
import { evaluateLogits } from '../../src/domain/metrics/evaluate'
import { encodeGolden, goldenVectors } from '../../src/domain/metrics/golden'
import { parameterTable } from '../../src/domain/model/parameters'
import type { ModelSpec } from '../../src/domain/model/spec'
import { DEFAULT_PARAMS } from '../../src/domain/params/defaults'
import { PURPOSE, randomUnit, streamKey } from '../../src/domain/random'
import { registryEvent } from '../../src/domain/registry/chain'
import type { EndedRun } from '../../src/domain/registry/run'
import { initialWeights } from '../../src/domain/model/initialise'
import type { BundleHost, BundleParts, PackingHost } from './contract'

export function sha256(bytes: Uint8Array): Sha256 {
  return parseSha256(createHash('sha256').update(bytes).digest('hex'))
}

export const host: BundleHost = { digest: (bytes) => Promise.resolve(sha256(bytes)) }
export const packing: PackingHost = { ...host, created: epochMillis(1_767_225_600_000), appVersion: '9.9.9' }

const SMALL: ModelSpec = {
  name: 'small',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { kind: 'conv', filters: 3, kernel: 5, padding: 2, bias: true },
    { kind: 'batch-norm' },
    { kind: 'relu' },
    { kind: 'max-pool', size: 4 },
    { kind: 'flatten' },
    { kind: 'dense', units: 10, bias: true },
  ],
}

/** Weights whose answers differ from class to class: kernels wide enough, statistics that are not 0 and 1. */
function vividWeights(spec: ModelSpec, seed: number): Float32Array {
  const weights = initialWeights(spec, seed)
  const key = streamKey(seed, PURPOSE.initialise, 1)
  for (const { role, offset, size } of parameterTable(spec).tensors)
    for (let at = offset; at < offset + size; at++)
      weights[at] = role === 'kernel' ? weights[at]! * Math.sqrt(6) : weights[at]! + 0.2 * randomUnit(key, at)
  return weights
}

/** Parts of a bundle; the logits are given, so that no engine is needed. */
export async function smallParts(
  spec: ModelSpec = SMALL,
  answer: (images: Uint8Array) => Promise<Float32Array> = (images) => Promise.resolve(standInLogits(images)),
): Promise<BundleParts> {
  const weights = floatBytes(vividWeights(spec, 3))
  const labels = Uint8Array.from({ length: 40 }, (_, at) => at % 10)
  const images = Uint8Array.from({ length: 40 * IMAGE_PIXELS }, (_, at) => (at * 31 + (at >> 7)) & 255)
  const logits = await answer(images)
  const digest = sha256(images)
  const golden = goldenVectors({ count: 40, images, labels }, logits)
  const id = versionId('mnist-classifier', 3)
  const run = endedRun(spec, sha256(weights), digest, logits, labels)
  const { trainable } = parameterTable(spec)
  const registered = { kind: 'version-registered', versionId: id, runId: run.id } as const
  return {
    version: {
      id,
      model: 'mnist-classifier',
      version: 3,
      origin: { kind: 'run', runId: run.id },
      createdAt: epochMillis(1_767_200_000_000),
      network: { kind: 'spec', spec },
      parameterCount: trainable,
      preprocess: MNIST_PREPROCESS,
      dataset: run.dataset,
      weightsSha256: sha256(weights),
      evaluation: run.status.result.evaluation,
      goldenSha256: sha256(encodeGolden(golden)),
      baseline: driftBaseline(
        logits,
        Array.from({ length: 10 }, () => 4),
        digest,
      ),
      recipe: { train: { ...DEFAULT_PARAMS.train, epochs: 3 }, augment: DEFAULT_PARAMS.augment },
      parent: versionId('mnist-classifier', 2),
    },
    weights,
    topology: null,
    golden,
    run,
    steps: [
      {
        firstStep: 0,
        loss: Float32Array.of(2.25, 1.5),
        accuracy: Float32Array.of(0.125, 0.5),
        learningRate: Float32Array.of(0.01, 0.01),
      },
    ],
    assessment: null,
    events: [await registryEvent(null, registered, epochMillis(1_767_200_000_000), 'by hand', host.digest)],
  }
}

function standInLogits(images: Uint8Array): Float32Array {
  return Float32Array.from({ length: (images.length / IMAGE_PIXELS) * 10 }, (_, at) => Math.sin(at) * 5)
}

function endedRun(
  spec: ModelSpec,
  weightsSha256: Sha256,
  digest: Sha256,
  logits: Float32Array,
  labels: Uint8Array,
): EndedRun {
  const at = epochMillis(1_767_200_000_000)
  const evaluation = evaluateLogits(logits, labels, 'test', digest)
  return {
    id: runIdFromBytes(new Uint8Array(16).fill(7)),
    name: 'quiet-heron',
    status: {
      state: 'completed',
      startedAt: at,
      endedAt: at,
      result: {
        weightsSha256,
        weightsEpoch: 1,
        stepsDone: 938,
        epochsDone: 1,
        stoppedEarly: null,
        trainSeconds: 12.5,
        imagesPerSecond: 4800,
        evaluation,
      },
    },
    params: { ...DEFAULT_PARAMS.train, preset: spec.name },
    augment: DEFAULT_PARAMS.augment,
    spec,
    parameterCount: parameterTable(spec).trainable,
    dataset: { id: datasetIdOf(digest), name: 'Forty digits', digest },
    preprocess: MNIST_PREPROCESS,
    engine: {
      kind: 'wasm',
      build: 'simd',
      threads: 1,
      convolutions: [],
      device: 'CPU · 1 thread',
      reason: 'test',
    },
    appVersion: '9.9.9',
    host: 'Node',
    epochs: [
      {
        epoch: 1,
        trainLoss: 0.25,
        trainAccuracy: 0.75,
        validation: { loss: 0.5, accuracy: 0.875, count: 16 },
        learningRate: 1e-7,
        seconds: 12.5,
        imagesPerSecond: 4800,
        weightsSha256,
      },
    ],
  }
}

/** The files of a bundle, to be changed and put together again. */
export function filesOf(bundle: Uint8Array): Map<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(bundle)))
}

/** A zip of files; with `fixed`, its manifest names the digests of what is really there. */
export function bundleOf(files: ReadonlyMap<string, Uint8Array>, fixed = false): Uint8Array<ArrayBuffer> {
  const all = new Map(files)
  if (fixed) {
    const manifest = jsonOf(all, 'manifest.json') as Record<string, unknown>
    const others = [...all].filter(([name]) => name !== 'manifest.json')
    manifest['files'] = Object.fromEntries(
      others.map(([name, bytes]) => [name, { sha256: sha256(bytes), size: bytes.length }]),
    )
    all.set('manifest.json', textBytes(JSON.stringify(manifest)))
  }
  return new Uint8Array(zipSync(Object.fromEntries(all)))
}

export function jsonOf(files: ReadonlyMap<string, Uint8Array>, name: string): unknown {
  return JSON.parse(textOf(files, name))
}

export function textOf(files: ReadonlyMap<string, Uint8Array>, name: string): string {
  return new TextDecoder().decode(files.get(name))
}

export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
