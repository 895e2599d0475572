import type { DatasetSource } from '../../src/domain/dataset/dataset'
import { digestDataset, digestSplit } from '../../src/domain/dataset/digest'
import type { DigestFn } from '../../src/domain/ids'
import type { Splits } from './idx-dataset'

/** Digits that have been read, before they are assembled into a dataset. */
export interface FoundDigits {
  readonly name: string
  readonly source: DatasetSource
  readonly splits: Splits
}

export interface MnistFile {
  /** As published, without `.gz`. */
  readonly name: string
  /** SHA-256 of the published .gz file. */
  readonly packedSha256: string
  /** SHA-256 of what is in it: some servers send packed files as a packed transfer, which arrives unpacked. */
  readonly unpackedSha256: string
}

/** The four files of MNIST (Yann LeCun and Corinna Cortes, CC BY-SA 3.0). */
export const MNIST_FILES: readonly MnistFile[] = [
  {
    name: 'train-images-idx3-ubyte',
    packedSha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
    unpackedSha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  {
    name: 'train-labels-idx1-ubyte',
    packedSha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
    unpackedSha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  {
    name: 't10k-images-idx3-ubyte',
    packedSha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
    unpackedSha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  {
    name: 't10k-labels-idx1-ubyte',
    packedSha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
    unpackedSha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
]

/** The dataset digest (`domain/dataset/digest`) of MNIST. */
export const MNIST_DIGEST = '090e81ec244967098ffa07f581a911d7bb274cb5357558b7e43809626f7bf6cb'

/** The digests of its two splits. */
export const MNIST_SPLITS = {
  train: 'ff84f27274909e4760f8a139d93f81476ae5b7b0f7204dadd4de0f77a8b8ead5',
  test: 'a7622c2a218dd5cefa6e4c2641eaf11685422a6d07a07f955787c981ea1e2f5b',
} as const

/** "MNIST" for MNIST's pixels and labels in whatever files they came, else "Your IDX files". */
export async function nameDigits(splits: Splits, digest: DigestFn): Promise<string> {
  const train = await digestSplit(splits.train, digest)
  const test = await digestSplit(splits.test, digest)
  return (await digestDataset(train, test, digest)) === MNIST_DIGEST ? 'MNIST' : 'Your IDX files'
}
