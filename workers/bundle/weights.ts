import { bytesToFloats } from '../../src/domain/bundle/bytes'
import { layersModel } from '../../src/domain/bundle/layers-model'
import { BUNDLE_FILES, type VersionFile } from '../../src/domain/bundle/records'
import { safetensorsProblem } from '../../src/domain/bundle/safetensors-file'
import { multiplyAdds } from '../../src/domain/model/counts'
import { parameterTable } from '../../src/domain/model/parameters'
import { describeShape, inferShapes, modelProblem, shapeSize } from '../../src/domain/model/shapes'
import type { ModelSpec } from '../../src/domain/model/spec'
import type { BundleHost, BundleOutcome } from './contract'
import { failure, success } from './outcome'

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

/** More values than any layer over 28×28 makes, and more work than any digit is worth. */
const MOST_VALUES = 2 ** 20
const MOST_MULTIPLY_ADDS = 4e9

/** The weights that a version's record names, once they are found to be all there, numbers, and the same in each format. */
export async function checkWeights(
  version: VersionFile,
  files: Files,
  host: BundleHost,
): Promise<BundleOutcome<Uint8Array<ArrayBuffer>>> {
  const file = files.get(BUNDLE_FILES.weights)
  const topology = files.get(BUNDLE_FILES.topology)
  if (file === undefined || topology === undefined)
    return failure('bad-input', `The bundle has no ${BUNDLE_FILES.weights} or no ${BUNDLE_FILES.topology}.`)
  const { network, weightsSha256 } = version
  if (network.kind === 'layers-model') {
    if ((await host.digest(topology)) !== network.topologySha256)
      return failure(
        'digest-mismatch',
        `${BUNDLE_FILES.topology} is another than ${BUNDLE_FILES.version} names.`,
      )
    return (await host.digest(file)) === weightsSha256 ? success(file) : otherWeights()
  }

  const flat = flatIn(file, version, network.spec)
  if (!flat.ok) return flat
  if ((await host.digest(flat.value)) !== weightsSha256) return otherWeights()
  const numbers = bytesToFloats(flat.value)
  const odd = numbers.findIndex((value) => !Number.isFinite(value))
  if (odd >= 0)
    return failure(
      'bad-input',
      `Value ${odd} of ${BUNDLE_FILES.weights} is ${String(numbers[odd])}: weights must be finite numbers.`,
    )
  return agreement(network.spec, numbers, flat.value, file, files)
}

/** The flat array at the beginning of the weight file, if the network can be built and takes just so many bytes. */
function flatIn(
  file: Uint8Array<ArrayBuffer>,
  { parameterCount }: VersionFile,
  spec: ModelSpec,
): BundleOutcome<Uint8Array<ArrayBuffer>> {
  const problem = modelProblem(spec) ?? sizeProblem(spec)
  if (problem !== null) return failure('bad-input', `The network cannot be built: ${problem}.`)
  const { total, trainable } = parameterTable(spec)
  if (trainable !== parameterCount)
    return failure(
      'bad-input',
      `The network has ${trainable} parameters, ${BUNDLE_FILES.version} says ${parameterCount}.`,
    )
  if (total * 4 > file.length)
    return failure(
      'bad-input',
      `The network needs ${total * 4} bytes of weights, ${BUNDLE_FILES.weights} has ${file.length}.`,
    )
  return success(file.slice(0, total * 4))
}

/** Known before anything is allocated by it. */
function sizeProblem(spec: ModelSpec): string | null {
  const large = inferShapes(spec).findIndex((shape) => shapeSize(shape) > MOST_VALUES)
  const shape = inferShapes(spec)[large]
  if (shape !== undefined)
    return `layer ${large} makes ${describeShape(shape)} values, more than ${MOST_VALUES}`
  const work = multiplyAdds(spec)
  return work > MOST_MULTIPLY_ADDS
    ? `one image takes ${work} multiply-adds, more than ${MOST_MULTIPLY_ADDS}`
    : null
}

/** Whether the formats for other tools hold the same weights. */
function agreement(
  spec: ModelSpec,
  numbers: Float32Array,
  flat: Uint8Array<ArrayBuffer>,
  file: Uint8Array,
  files: Files,
): BundleOutcome<Uint8Array<ArrayBuffer>> {
  const expected = layersModel(spec, numbers, '').weights
  if (expected.length !== file.length || expected.some((byte, at) => byte !== file[at]))
    return failure('bad-input', `${BUNDLE_FILES.weights} holds more than the weights of the network.`)
  const safetensors = files.get(BUNDLE_FILES.safetensors)
  if (safetensors === undefined) return failure('bad-input', `The bundle has no ${BUNDLE_FILES.safetensors}.`)
  const problem = safetensorsProblem(spec, flat, safetensors)
  if (problem !== null)
    return failure(
      'bad-input',
      `${BUNDLE_FILES.safetensors} does not agree with ${BUNDLE_FILES.weights}: ${problem}.`,
    )
  return success(flat)
}

function otherWeights(): ReturnType<typeof failure> {
  return failure(
    'digest-mismatch',
    `${BUNDLE_FILES.weights} holds other weights than ${BUNDLE_FILES.version} names.`,
  )
}
