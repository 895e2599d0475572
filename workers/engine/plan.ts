/**
 * A plan is a training step (or a prediction) as data: which operation reads and writes what, in which order, and where it
 * all lies in memory. It knows nothing of WebAssembly. `forward.ts` and `backward.ts` write the operations, this module
 * says what they are made of.
 *
 * The batch is cut into a fixed number of slices. In a phase of kind `slices` each slice goes through all operations by
 * itself, a few images at a time, so that what it touches stays in cache; slices may run on any thread in any order. What
 * must see the whole batch (batch-norm statistics, gradients) is left as one partial sum a slice, and added in slice order
 * after the phase: the bits do not depend on who did which slice.
 *
 * Over 250 lines because the vocabulary of a plan is read as one.
 */
import type { ParameterTable } from '../../src/domain/model/parameters'
import type { ModelSpec } from '../../src/domain/model/spec'
import type { OptimizerRecipe } from '../../src/domain/training/recipe'

/** A channels-last tensor of the batch. `lanes` ≥ channels are stored; `pad` zero columns stand on both sides of each row. */
export interface Tensor {
  readonly id: number
  readonly name: string
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly lanes: number
  readonly pad: number
}

/** Any other piece of memory. */
export interface Region {
  readonly id: number
  readonly name: string
  readonly bytes: number
}

export type Activation =
  | { readonly kind: 'none' }
  | { readonly kind: 'relu' }
  | { readonly kind: 'leaky-relu'; readonly slope: number }

/** Sums of a channel over a slice: float64 [slices][2][lanes]. */
export interface Sums {
  readonly region: Region
  readonly lanes: number
}

/** One batch-norm layer: float32 constants [lanes] for both directions, float64 moments, and its sums. */
export interface Norm {
  readonly layer: number
  readonly channels: number
  readonly lanes: number
  /** Values a channel has in the batch. */
  readonly count: number
  readonly scale: Region
  readonly shift: Region
  readonly moments: Region
  readonly forwardSums: Sums
  readonly backwardSums: Sums
  readonly gradientScale: Region
  readonly valueScale: Region
  readonly offset: Region
}

/** Random changes to the staged images: see src/domain/training/augment.ts. */
export interface Augmentation {
  /** Of `elasticAmplitude`. */
  readonly elastic: number
  /** int32 [batch][DRAW_WORDS] */
  readonly draws: Region
  /** Bytes [batch][pixels]. */
  readonly result: Region
  /** What lies between, `workBytes` a slice. */
  readonly work: Region
  readonly workBytes: number
}

/** Kept bits of a dropout layer, one a value: see src/domain/training/dropout.ts. */
export interface Mask {
  readonly layer: number
  readonly rate: number
  readonly region: Region
  /** Bytes of an image. */
  readonly imageBytes: number
  /** Bits from row to row and pixel to pixel; 0 where whole channels are dropped. */
  readonly rowBits: number
  readonly pixelBits: number
}

/** How a convolution reads: `rows` runs of `run` floats an output pixel. Dense layers and whole-field kernels have one run. */
export interface Geometry {
  readonly rows: number
  readonly run: number
  readonly rowPadding: number
  readonly inputHeight: number
  /** The output plane is one pixel: images stand in for columns. */
  readonly flat: boolean
}

/** How a convolution is computed: directly, or by Winograd's F(2×2, 3×3) or F(4×4, 3×3). */
export type Algorithm = 'direct' | 'winograd-2' | 'winograd-4'

/** What a convolution layer's passes are computed by; null for one that the plan does not have. */
export interface ConvolutionChoice {
  readonly layer: number
  readonly forward: Algorithm
  readonly inputGradient: Algorithm | null
  readonly filterGradient: Algorithm | null
}

/** The tiles of `tile`² pixels that a convolution's output plane is cut into; the last ones may stand out over it. */
export interface Tiling {
  readonly tile: 2 | 4
  readonly rows: number
  readonly columns: number
  /** Of the convolution. */
  readonly padding: number
}

/** What is done to a convolution's sums before they are stored. */
export interface Ending {
  readonly bias: Region | null
  readonly rectified: boolean
}

export type SliceOperation =
  /** Staged images → changed images. */
  | { readonly kind: 'augment'; readonly augmentation: Augmentation }
  /** Bytes → normalised pixels. */
  | { readonly kind: 'gather'; readonly source: Region; readonly output: Tensor }
  | {
      readonly kind: 'convolve'
      readonly input: Tensor
      readonly output: Tensor
      /** Vectors of four output values a pixel (a flat operation may write a whole plane as one pixel). */
      readonly vectors: number
      readonly weights: Region
      readonly geometry: Geometry
      readonly ending: Ending | null
    }
  | {
      readonly kind: 'filter-gradient'
      readonly input: Tensor
      readonly gradient: Tensor
      readonly geometry: Geometry
      readonly partial: Region
      readonly partialBytes: number
    }
  /**
   * Winograd: tiles to points (`winograd-input` of the input, `winograd-gradient` of the output's gradient), products at each
   * point, points to pixels. Tensors of points have a row a point and a column a tile; within a block of images they lie
   * point by point, so they live in scratch. `between` holds rows between the two directions of a transform.
   */
  | {
      readonly kind: 'winograd-input' | 'winograd-gradient' | 'winograd-input-gradient'
      readonly input: Tensor
      readonly output: Tensor
      readonly between: Tensor
      readonly tiling: Tiling
    }
  | {
      readonly kind: 'winograd-output'
      readonly input: Tensor
      readonly output: Tensor
      readonly between: Tensor
      readonly tiling: Tiling
      readonly ending: Ending | null
    }
  | {
      readonly kind: 'winograd-multiply'
      readonly input: Tensor
      readonly output: Tensor
      readonly tiling: Tiling
      readonly weights: Region
    }
  | {
      readonly kind: 'winograd-filter-gradient'
      readonly input: Tensor
      readonly gradient: Tensor
      readonly tiling: Tiling
      readonly partial: Region
      readonly partialBytes: number
    }
  | {
      readonly kind: 'finish'
      readonly tensor: Tensor
      readonly bias: Region | null
      readonly activation: Activation
      readonly sums: Sums | null
    }
  | {
      readonly kind: 'apply'
      readonly input: Tensor
      readonly output: Tensor
      readonly norm: Norm | null
      readonly activation: Activation
      readonly mask: Mask | null
    }
  | { readonly kind: 'dropout-mask'; readonly mask: Mask }
  | {
      readonly kind: 'undo'
      readonly gradient: Tensor
      readonly value: Tensor
      readonly output: Tensor
      readonly norm: Norm | null
      readonly activation: Activation
      readonly mask: Mask | null
      readonly sums: Sums | null
    }
  | {
      readonly kind: 'undo-normalised'
      readonly gradient: Tensor
      readonly value: Tensor
      readonly output: Tensor
      readonly norm: Norm
      readonly activation: Activation
      readonly sums: Sums | null
    }
  | {
      readonly kind: 'max-pool'
      readonly input: Tensor
      readonly output: Tensor
      readonly size: number
      /** Noted for the way back only. */
      readonly winners: Region | null
    }
  | {
      readonly kind: 'max-unpool'
      readonly gradient: Tensor
      readonly output: Tensor
      readonly size: number
      readonly winners: Region
    }
  /**
   * Gradients of a 1×1 convolution under a max pool of two by two, from the pooled gradient and the winners: three of four pixels
   * have none.
   */
  | {
      readonly kind: 'pooled-filter-gradient'
      readonly gradient: Tensor
      readonly input: Tensor
      readonly winners: Region
      readonly partial: Region
      readonly partialBytes: number
    }
  | {
      readonly kind: 'pooled-input-gradient'
      readonly gradient: Tensor
      readonly output: Tensor
      readonly winners: Region
      readonly weights: Region
    }
  /** `size` 0 means adaptive windows: the output's cells share the input's extent. */
  | { readonly kind: 'average-pool'; readonly input: Tensor; readonly output: Tensor; readonly size: number }
  | {
      readonly kind: 'average-unpool'
      readonly gradient: Tensor
      readonly output: Tensor
      readonly size: number
    }
  | { readonly kind: 'flatten'; readonly input: Tensor; readonly output: Tensor }
  | { readonly kind: 'unflatten'; readonly gradient: Tensor; readonly output: Tensor }
  | {
      readonly kind: 'loss'
      readonly logits: Tensor
      readonly gradient: Tensor
      /** Share of the target spread over all classes. */
      readonly smoothing: number
    }

/** Done once, by one thread, after all slices. */
export type OnceOperation =
  | { readonly kind: 'norm-forward'; readonly norm: Norm }
  | { readonly kind: 'norm-backward'; readonly norm: Norm }
  /** The gradient's norm, and the factor that clips it. */
  | { readonly kind: 'clip' }

/** Split by ranges of values. */
export type RangeOperation =
  | {
      readonly kind: 'filter-gradient-range'
      readonly input: Tensor
      readonly gradient: Tensor
      readonly geometry: Geometry
      readonly partial: Region
    }
  | {
      /** `winograd-reduce` sums at every point, and transforms the sums back to taps. */
      readonly kind: 'reduce' | 'winograd-reduce'
      readonly partial: Region
      readonly partialBytes: number
      readonly slices: number
      readonly order: Order
    }
  | {
      readonly kind: 'reduce-sums'
      readonly sums: Sums
      readonly slices: number
      readonly channels: number
      /** First position in the flat gradient. */
      readonly offset: number
    }
  /** A unit's share of the gradient's squares. */
  | { readonly kind: 'gradient-norm' }
  | { readonly kind: 'optimize'; readonly optimizer: OptimizerRecipe }
  | { readonly kind: 'average'; readonly average: Region }
  | { readonly kind: 'pack' | 'winograd-pack'; readonly packing: Packing }

/** The order in which a kernel reads weights or leaves their gradient: `map[i]` is the flat position of value i, −1 for padding. */
export interface Order {
  readonly map: Int32Array
  readonly mapRegion: Region
  /** With Winograd the map is of filters' first taps, and every point has its values in this order. */
  readonly filter: FilterTransform | null
}

/** Flat weights in a kernel's order. */
export interface Packing {
  readonly order: Order
  readonly target: Region
}

export interface FilterTransform {
  readonly tile: 2 | 4
  /** Values from tap to tap in the flat kernel. */
  readonly tapStride: number
}

/** Operations that take the same number of images at a time. */
export interface Group {
  readonly block: number
  readonly operations: readonly SliceOperation[]
}

export type Phase =
  | { readonly kind: 'slices'; readonly groups: readonly Group[] }
  | { readonly kind: 'once'; readonly operations: readonly OnceOperation[] }
  | { readonly kind: 'ranges'; readonly operations: readonly RangeOperation[] }

export type Operation = SliceOperation | OnceOperation | RangeOperation

/** What an operation is part of. */
export interface Owner {
  /** The first layer, in the spec, of those that it computes; null for what belongs to no layer. */
  readonly layer: number | null
  /** On the way back from the loss. */
  readonly backward: boolean
}

export interface Slice {
  readonly first: number
  readonly count: number
}

/** Memory every plan has. */
export interface Roots {
  readonly images: Region
  readonly labels: Region
  readonly table: Region
  readonly weights: Region
  readonly gradient: Region
  /** The optimizer's state, slot after slot; empty in prediction. */
  readonly optimizer: Region
  /** float32: the step's `updateScalars`, then the factor that clips. */
  readonly scalars: Region
  /** float64: each unit's sum of squares of the gradient, then its norm. */
  readonly squares: Region
  /** One 32-bit key a layer. */
  readonly maskKeys: Region
  readonly lossPartial: Region
}

export interface Plan {
  readonly spec: ModelSpec
  readonly purpose: 'train' | 'predict'
  readonly batch: number
  readonly slices: readonly Slice[]
  readonly parameters: ParameterTable
  readonly roots: Roots
  readonly logits: Tensor
  /** Null where images are taken as they are. */
  readonly augmentation: Augmentation | null
  /** The moving average of all weights, or null. */
  readonly average: Region | null
  readonly norms: readonly Norm[]
  readonly masks: readonly Mask[]
  /** Of packed weights and of gradients. */
  readonly orders: readonly Order[]
  /** The algorithms of every convolution layer. */
  readonly convolutions: readonly ConvolutionChoice[]
  /** Forward, and in training backward up to the flat gradient. */
  readonly phases: readonly Phase[]
  /** From the gradient to the next step's weights; empty in prediction. */
  readonly update: readonly Phase[]
  readonly owners: ReadonlyMap<Operation, Owner>
  readonly memory: MemoryMap
}

/** Byte offsets: in the memory all threads share, or in each thread's own scratch. */
export interface MemoryMap {
  readonly tensors: ReadonlyMap<Tensor, { readonly scope: 'shared' | 'thread'; readonly offset: number }>
  readonly regions: ReadonlyMap<Region, number>
  readonly sharedBytes: number
  readonly scratchBytes: number
}

/** Bytes of one image of a tensor. */
export function imageBytes(tensor: Tensor): number {
  return tensor.height * (tensor.width + 2 * tensor.pad) * tensor.lanes * 4
}

/** Points at which Winograd multiplies a tile with a filter. */
export function pointsOf(tile: 2 | 4): number {
  return (tile + 2) ** 2
}

/** Bytes of all values of an order, at every point where it has points. */
export function orderBytes({ map, filter }: Order): number {
  return map.length * 4 * (filter === null ? 1 : pointsOf(filter.tile))
}

/**
 * Slices for a batch: 16 at 64 and more, fewer below, never fewer than four images in one. The number fixes the order of
 * additions, so it depends on the batch alone.
 */
export function sliceCount(batch: number): number {
  return Math.min(16, Math.ceil(batch / 4))
}

/** Parts that work over ranges is cut into, however many threads there are: the gradient's norm adds one sum a part. */
export const RANGE_UNITS = 16

/** The tensors an operation touches. */
export function tensorsOf(operation: SliceOperation | RangeOperation): readonly Tensor[] {
  switch (operation.kind) {
    case 'gather':
      return [operation.output]
    case 'convolve':
    case 'apply':
    case 'max-pool':
    case 'average-pool':
    case 'flatten':
      return [operation.input, operation.output]
    case 'winograd-multiply':
      return [operation.input, operation.output]
    case 'winograd-input':
    case 'winograd-gradient':
    case 'winograd-output':
    case 'winograd-input-gradient':
      return [operation.input, operation.output, operation.between]
    case 'filter-gradient':
    case 'filter-gradient-range':
    case 'winograd-filter-gradient':
    case 'pooled-filter-gradient':
      return [operation.input, operation.gradient]
    case 'finish':
      return [operation.tensor]
    case 'undo':
    case 'undo-normalised':
      return [operation.gradient, operation.value, operation.output]
    case 'max-unpool':
    case 'pooled-input-gradient':
    case 'average-unpool':
    case 'unflatten':
      return [operation.gradient, operation.output]
    case 'loss':
      return [operation.logits, operation.gradient]
    case 'augment':
    case 'dropout-mask':
    case 'reduce':
    case 'winograd-reduce':
    case 'reduce-sums':
    case 'gradient-norm':
    case 'optimize':
    case 'average':
    case 'pack':
    case 'winograd-pack':
      return []
  }
}
