/** A network as data. Shapes are channels-last (height, width, channels), convolutions have stride 1. */

export interface Shape {
  readonly height: number
  readonly width: number
  readonly channels: number
}

export type LayerSpec =
  /** Cross-correlation, square kernel, stride 1, `padding` zeros on every side. */
  | {
      readonly kind: 'conv'
      readonly filters: number
      readonly kernel: number
      readonly padding: number
      readonly bias: boolean
    }
  | { readonly kind: 'dense'; readonly units: number; readonly bias: boolean }
  /** PyTorch's: eps 1e-5, momentum 0.1, biased variance to normalise, unbiased for the running one; scale and shift. */
  | { readonly kind: 'batch-norm' }
  | { readonly kind: 'relu' }
  | { readonly kind: 'leaky-relu'; readonly slope: number }
  /** Drops single values with probability `rate` and scales the rest by 1 / (1 − rate), in training only. */
  | { readonly kind: 'dropout'; readonly rate: number }
  /** The same for whole channels of an image (PyTorch's Dropout2d). */
  | { readonly kind: 'dropout-2d'; readonly rate: number }
  /** Window and stride are `size`, no padding; rows and columns that do not fill a window are left out. */
  | { readonly kind: 'max-pool'; readonly size: number }
  | { readonly kind: 'average-pool'; readonly size: number }
  | { readonly kind: 'global-average-pool' }
  /** PyTorch's AdaptiveAvgPool2d: cell i averages rows floor(i·H/size) … ceil((i+1)·H/size) − 1. */
  | { readonly kind: 'adaptive-average-pool'; readonly size: number }
  /** (height, width, channels) → (1, 1, height·width·channels), row by row, channels last. */
  | { readonly kind: 'flatten' }

export interface ModelSpec {
  /** The preset's name, or the name a person gave. */
  readonly name: string
  readonly input: Shape
  /** The last layer's output must be (1, 1, classes): the logits. */
  readonly layers: readonly LayerSpec[]
}

export const EPSILON = 1e-5
export const RUNNING_MOMENTUM = 0.1
