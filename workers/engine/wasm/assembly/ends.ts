/** The two ends of a step over one block of images: bytes to normalised pixels, and logits to loss and its gradient. */
import {
  FIRST_VIEW,
  GATHER_SOURCE,
  GATHER_TABLE,
  HEIGHT,
  LOSS_BATCH,
  LOSS_CLASSES,
  LOSS_LABELS,
  LOSS_PARTIAL,
  LOSS_SMOOTHING,
  SECOND_VIEW,
  VIEW_IMAGE,
  VIEW_PIXEL,
  VIEW_ROW,
  WIDTH,
} from './descriptor'
import { address, real, viewStart, word } from './memory'

/** Bytes of the staged images → first view, one channel, through the table of 256 normalised values. */
export function gather(d: usize, first: i32, count: i32): void {
  const table = address(d, GATHER_TABLE)
  const height = word(d, HEIGHT)
  const width = word(d, WIDTH)
  let byte = address(d, GATHER_SOURCE) + <usize>first * <usize>(height * width)
  let image = viewStart(d, FIRST_VIEW, first)
  for (let i = 0; i < count; i++) {
    let row = image
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++)
        store<f32>(
          row + <usize>x * address(d, FIRST_VIEW + VIEW_PIXEL),
          load<f32>(table + ((<usize>load<u8>(byte++)) << 2)),
        )
      row += address(d, FIRST_VIEW + VIEW_ROW)
    }
    image += address(d, FIRST_VIEW + VIEW_IMAGE)
  }
}

/**
 * first view: logits; second: their gradient. Negative log-likelihood of the log-softmax, mean over the batch, in float64.
 * The first of equal logits is the answer. The target is torch.nn.CrossEntropyLoss's with label smoothing: see
 * src/domain/training/loss.ts.
 */
export function loss(d: usize, first: i32, count: i32, slice: i32, fresh: bool): void {
  const classes = word(d, LOSS_CLASSES)
  const batch = <f64>word(d, LOSS_BATCH)
  const smoothing = <f64>real(d, LOSS_SMOOTHING)
  const every = smoothing / <f64>classes
  const right = 1 - smoothing
  const partial = address(d, LOSS_PARTIAL) + ((<usize>slice) << 4)
  let total: f64 = fresh ? 0 : load<f64>(partial)
  let correct: f64 = fresh ? 0 : load<f64>(partial, 8)
  let logits = viewStart(d, FIRST_VIEW, first)
  let gradient = viewStart(d, SECOND_VIEW, first)
  for (let i = 0; i < count; i++) {
    const label = <i32>load<u8>(address(d, LOSS_LABELS) + <usize>(first + i))
    let best = 0
    for (let c = 1; c < classes; c++)
      if (load<f32>(logits + ((<usize>c) << 2)) > load<f32>(logits + ((<usize>best) << 2))) best = c
    const top = <f64>load<f32>(logits + ((<usize>best) << 2))
    let sum: f64 = 0
    for (let c = 0; c < classes; c++) sum += NativeMath.exp(<f64>load<f32>(logits + ((<usize>c) << 2)) - top)
    total += NativeMath.log(sum) - right * (<f64>load<f32>(logits + ((<usize>label) << 2)) - top)
    if (smoothing > 0)
      for (let c = 0; c < classes; c++) total -= every * (<f64>load<f32>(logits + ((<usize>c) << 2)) - top)
    if (best == label) correct += 1
    for (let c = 0; c < classes; c++) {
      const share = NativeMath.exp(<f64>load<f32>(logits + ((<usize>c) << 2)) - top) / sum
      store<f32>(gradient + ((<usize>c) << 2), <f32>((share - (every + (c == label ? right : 0))) / batch))
    }
    logits += address(d, FIRST_VIEW + VIEW_IMAGE)
    gradient += address(d, SECOND_VIEW + VIEW_IMAGE)
  }
  store<f64>(partial, total)
  store<f64>(partial, correct, 8)
}
