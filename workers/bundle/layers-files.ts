import { LAYERS_WEIGHTS } from '../../src/domain/bundle/layers-model'
import type { BundleOutcome } from './contract'
import { parseJson } from './json'
import { failure, success } from './outcome'
import { readZip } from './zip-reader'

/** A file of a tf.layers model, as it was given. */
export interface GivenModelFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A tf.layers model whose topology names one weight file. */
export interface LayersFiles {
  /** What people know it by: its zip's name, or its own. */
  readonly name: string
  /** `model.json`, rewritten to the one weight file. */
  readonly topology: Uint8Array<ArrayBuffer>
  readonly weights: Uint8Array<ArrayBuffer>
  /** Weights by the shapes that the manifest names. */
  readonly parameterCount: number
}

/** Names inside somebody else's zip: plain folders and files. */
const FOREIGN_NAME = /^(?:[\w. -]{1,100}\/){0,8}[\w. -]{1,100}$|^(?:[\w. -]{1,100}\/){1,8}$/
const WANTED = 'Choose its model.json together with its weight files, or one zip of them.'
const MOST_BYTES = 256 * 2 ** 20

/** Finds a tf.layers model among files: its topology, and its weights in the order of its manifest. */
export async function readLayersFiles(given: readonly GivenModelFile[]): Promise<BundleOutcome<LayersFiles>> {
  const [first] = given
  const files =
    given.length === 1 && first !== undefined && isZip(first.bytes) ? await unzipped(first) : success(given)
  if (!files.ok) return files
  const byName = new Map<string, Uint8Array>()
  for (const { name, bytes } of files.value) {
    const base = baseName(name)
    if (byName.has(base)) return failure('bad-input', `There are two files ${base}. ${WANTED}`)
    byName.set(base, bytes)
  }
  const described = [...byName].filter(([name]) => name.endsWith('.json') && name !== 'metadata.json')
  const [topology, ...others] = described
  if (topology === undefined || others.length > 0)
    return failure('bad-input', `Expected one model.json, found ${described.length} JSON files. ${WANTED}`)
  const json = parseJson(topology[0], topology[1])
  if (!json.ok) return json
  const name = first !== undefined && given.length === 1 ? baseName(first.name) : topology[0]
  return gathered(name, json.value, byName)
}

async function unzipped({ bytes }: GivenModelFile): Promise<BundleOutcome<readonly GivenModelFile[]>> {
  const files = await readZip(bytes, FOREIGN_NAME)
  if (!files.ok) return files
  return success(
    [...files.value]
      .filter(([name]) => !name.endsWith('/'))
      .map(([name, content]) => ({ name, bytes: content })),
  )
}

function gathered(
  name: string,
  json: unknown,
  files: ReadonlyMap<string, Uint8Array>,
): BundleOutcome<LayersFiles> {
  if (!isRecord(json) || !Array.isArray(json['weightsManifest']))
    return failure(
      'bad-input',
      `model.json names no weightsManifest, so it is no model of tf.layers. ${WANTED}`,
    )
  const specs: unknown[] = []
  const parts: Uint8Array[] = []
  for (const group of json['weightsManifest'] as unknown[]) {
    if (!isRecord(group) || !Array.isArray(group['paths']) || !Array.isArray(group['weights']))
      return failure('bad-input', 'A group of weightsManifest must have paths and weights.')
    specs.push(...(group['weights'] as unknown[]))
    for (const path of group['paths'] as unknown[]) {
      // A path is looked up among the files given and nowhere else.
      const bytes = typeof path === 'string' ? files.get(baseName(path)) : undefined
      if (bytes === undefined)
        return failure(
          'bad-input',
          `The weight file ${JSON.stringify(path)} that model.json names was not given. ${WANTED}`,
        )
      parts.push(bytes)
    }
  }
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  if (size > MOST_BYTES)
    return failure('over-budget', `The weights have ${size} bytes; at most ${MOST_BYTES} are read.`)
  const weights = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    weights.set(part, at)
    at += part.length
  }
  const topology = { ...json, weightsManifest: [{ paths: [LAYERS_WEIGHTS], weights: specs }] }
  return success({
    name,
    topology: new TextEncoder().encode(JSON.stringify(topology)),
    weights,
    parameterCount: specs.reduce((sum: number, spec) => sum + valuesOf(spec), 0),
  })
}

function valuesOf(spec: unknown): number {
  const shape = isRecord(spec) ? spec['shape'] : null
  if (!Array.isArray(shape)) return 0
  return (shape as unknown[]).reduce(
    (product: number, extent) => product * (typeof extent === 'number' ? extent : 0),
    1,
  )
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
