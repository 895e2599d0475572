/**
 * The words (32 bits each) of an operation's descriptor in WebAssembly memory. TypeScript writes them (`../encode.ts`), the
 * kernels read them: this one file is compiled by both, so it holds plain constants only.
 */

/** A view of a tensor: five words. `VIEW_FIRST` is 0 for a tensor that lives in a thread's scratch. */
export const VIEW_BASE = 0
export const VIEW_FIRST = 1
export const VIEW_IMAGE = 2
export const VIEW_ROW = 3
export const VIEW_PIXEL = 4

/** Every operation over a tensor begins with up to three views and the plane they share. */
export const FIRST_VIEW = 0
export const SECOND_VIEW = 5
export const THIRD_VIEW = 10
export const HEIGHT = 15
export const WIDTH = 16
/** Channels in groups of four. */
export const VECTORS = 17
/** 1 where a plane is a single pixel: the images of a block stand in for the columns. */
export const FLAT = 18

export const CONV_WEIGHTS = 20
export const CONV_INPUT_HEIGHT = 21
export const CONV_ROW_PADDING = 22
export const CONV_KERNEL_ROWS = 23
/** Bytes of one kernel row's input: kernel width × input channels × 4. */
export const CONV_RUN = 24
/** Filter gradient only: where the partial sums lie, and the bytes from slice to slice. */
export const CONV_PARTIAL = 25
export const CONV_PARTIAL_STRIDE = 26

/** Side of an output tile: 2 or 4. */
export const WINOGRAD_TILE = 20
/** Tiles of an image. */
export const WINOGRAD_ROWS = 21
export const WINOGRAD_COLUMNS = 22
export const WINOGRAD_PADDING = 23
export const WINOGRAD_WEIGHTS = 24
export const WINOGRAD_PARTIAL = 25
export const WINOGRAD_PARTIAL_STRIDE = 26

/** How a convolution ends, direct or not: FLAG_BIAS and FLAG_RELU, and where the biases lie (0 for none). */
export const ENDING = 27
export const ENDING_BIAS = 28

export const POINT_FLAGS = 20
/** float32 */
export const POINT_SLOPE = 21
/** Per-channel constants (float32 × 4·vectors each). */
export const POINT_BIAS = 22
export const POINT_NORM_SCALE = 23
export const POINT_NORM_SHIFT = 24
export const POINT_GRADIENT_SCALE = 25
export const POINT_VALUE_SCALE = 26
export const POINT_OFFSET = 27
/** float64 [2][4·vectors] a slice. */
export const POINT_SUMS = 28
export const POINT_SUMS_STRIDE = 29
export const POINT_MASK = 30
/** Bytes of an image's mask. */
export const POINT_MASK_IMAGE = 31
/** Bits from row to row and from pixel to pixel. */
export const POINT_MASK_ROW = 32
export const POINT_MASK_PIXEL = 33
/** float32: 1 / (1 − rate). */
export const POINT_MASK_SCALE = 34

export const FLAG_BIAS = 1
export const FLAG_RELU = 2
export const FLAG_LEAKY = 4
export const FLAG_SUMS = 8
export const FLAG_NORM = 16
export const FLAG_MASK = 32

export const MASK_KEY = 0
export const MASK_BITS = 1
/** Bytes of an image's mask = groups of eight decisions. */
export const MASK_GROUPS = 2
/** Drop when a 16-bit number is below this. */
export const MASK_THRESHOLD = 3

export const POOL_SIZE = 20
export const POOL_INPUT_HEIGHT = 21
export const POOL_INPUT_WIDTH = 22
/** Max pool: one byte a value, which of the window's pixels won; bytes of an image. */
export const POOL_WINNERS = 23
export const POOL_WINNERS_IMAGE = 24
/** 1 for adaptive windows. */
export const POOL_ADAPTIVE = 25

export const AUGMENT_SOURCE = 0
export const AUGMENT_RESULT = 1
/** int32 [8] an image: see DRAW in src/domain/training/augment.ts. */
export const AUGMENT_DRAWS = 2
/** Greatest displacement in 1/256 pixel; 0 has no field. */
export const AUGMENT_ELASTIC = 3
/** Memory of a slice for what lies between, and its bytes. */
export const AUGMENT_WORK = 4
export const AUGMENT_WORK_BYTES = 5

/** Gradients of a convolution under a max pool, beside the pool's words: channels, packed weights, partial sums. */
export const POOLED_CHANNELS = 26
export const POOLED_WEIGHTS = 27
export const POOLED_PARTIAL = 28
export const POOLED_PARTIAL_STRIDE = 29

export const GATHER_SOURCE = 20
export const GATHER_TABLE = 21

export const FLATTEN_CHANNELS = 20

export const LOSS_LABELS = 20
export const LOSS_CLASSES = 21
export const LOSS_BATCH = 22
/** float64 [2] a slice: summed loss, right answers. */
export const LOSS_PARTIAL = 23
/** float32: share of the target spread over all classes. */
export const LOSS_SMOOTHING = 24

export const NORM_SUMS = 0
export const NORM_SUMS_STRIDE = 1
export const NORM_SLICES = 2
export const NORM_CHANNELS = 3
export const NORM_LANES = 4
/** Values a channel has in the batch. */
export const NORM_COUNT = 5
/** float64 [2][lanes]: the batch's mean and 1 / standard deviation. */
export const NORM_MOMENTS = 6
export const NORM_SCALE = 7
export const NORM_SHIFT = 8
export const NORM_RUNNING_MEAN = 9
export const NORM_RUNNING_VARIANCE = 10
/** float32 [lanes] each: forward scale and shift; backward gradient scale, value scale and offset. */
export const NORM_OUT_0 = 11
export const NORM_OUT_1 = 12
export const NORM_OUT_2 = 13
export const NORM_GRADIENT_SCALE = 14
export const NORM_GRADIENT_SHIFT = 15

export const REDUCE_PARTIAL = 0
export const REDUCE_STRIDE = 1
export const REDUCE_SLICES = 2
export const REDUCE_LENGTH = 3
export const REDUCE_MAP = 4
export const REDUCE_TARGET = 5
/** Winograd only: side of a tile, and the bytes from tap to tap of a filter. */
export const REDUCE_TILE = 6
export const REDUCE_TAP = 7

/** Squares of the gradient; float64 [units + 1]: each unit's sum, then the norm. */
export const CLIP_GRADIENT = 0
export const CLIP_LENGTH = 1
export const CLIP_SUMS = 2
export const CLIP_UNITS = 3
export const CLIP_SCALARS = 4
/** float32: what the gradient is multiplied with. */
export const CLIP_FACTOR = 5

export const UPDATE_WEIGHTS = 0
/** Slot after slot, and the bytes from one to the next. */
export const UPDATE_STATE = 1
export const UPDATE_SLOT = 2
export const UPDATE_GRADIENT = 3
export const UPDATE_LENGTH = 4
export const UPDATE_SCALARS = 5
export const UPDATE_FACTOR = 6
export const UPDATE_RULE = 7

export const RULE_SGD = 0
export const RULE_NESTEROV = 1
/** Adam and AdamW. */
export const RULE_MOMENTS = 2
/** RMSprop and Adagrad. */
export const RULE_SQUARES = 3

/** Places in float32 [11]: the order of UPDATE_SCALARS in src/domain/training/optimizer.ts. */
export const SCALAR_RATE = 0
export const SCALAR_DECAY = 1
export const SCALAR_KEEP = 2
export const SCALAR_FIRST = 3
export const SCALAR_FIRST_SHARE = 4
export const SCALAR_SECOND = 5
export const SCALAR_SECOND_SHARE = 6
export const SCALAR_ROOT_SCALE = 7
export const SCALAR_EPSILON = 8
export const SCALAR_MAX_NORM = 9
export const SCALAR_AVERAGE_SHARE = 10

export const AVERAGE_WEIGHTS = 0
export const AVERAGE_TARGET = 1
export const AVERAGE_LENGTH = 2
export const AVERAGE_SCALARS = 3

export const PACK_MAP = 0
export const PACK_LENGTH = 1
export const PACK_SOURCE = 2
export const PACK_TARGET = 3
/** Winograd only, as for REDUCE. */
export const PACK_TILE = 4
export const PACK_TAP = 5
