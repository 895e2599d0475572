/**
 * The loss: log-softmax, negative log-likelihood with label smoothing, accuracy, and the gradient of the logits, one image an
 * invocation. A small last product is computed here as well.
 */
import { fours } from '../stages'
import { each, float, type Piece } from './kernel'

/** What the loss reads and writes besides logits and their gradients. */
export const LOSS_BUFFERS: Piece = {
  bindings: [
    { name: 'labels', buffer: 'labels', access: 'read', element: 'u32' },
    { name: 'logits', buffer: 'logits', access: 'read_write', element: 'f32' },
    { name: 'statistics', buffer: 'statistics', access: 'read_write', element: 'vec4f' },
  ],
  declarations: '',
}

export interface LossShape {
  readonly classes: number
  readonly batch: number
  /** Share of the target spread over all classes. */
  readonly labelSmoothing: number
  /** Place of the images' scores in the statistics. */
  readonly scores: number
}

/**
 * Sees `image`, `label` (the target) and `l0 …`, the logits in fours; leaves their gradients in `slope0 …`.
 * PyTorch's: (1 − ε) · −log p(label) + ε / classes · Σ −log p, averaged over the batch.
 */
export function lossOf({ classes, batch, labelSmoothing, scores }: LossShape): string {
  const spread = labelSmoothing / classes
  const groups = fours(classes)
  return `var score: array<f32, ${classes}>;
${each(classes, (k) => `score[${k}] = l${Math.floor(k / 4)}.${'xyzw'.charAt(k % 4)};`)}
var most = score[0];
var answer = 0u;
for (var k = 1u; k < ${classes}u; k++) {
  if (score[k] > most) { most = score[k]; answer = k; }
}
var sum = 0.0f;
for (var k = 0u; k < ${classes}u; k++) { sum += exp(score[k] - most); }
let level = most + log(sum);
var spread = 0.0f;
var slope: array<f32, ${4 * groups}>;
for (var k = 0u; k < ${classes}u; k++) {
  logits[image * ${classes}u + k] = score[k];
  spread += level - score[k];
  let goal = ${float(spread)} + select(0.0f, ${float(1 - labelSmoothing)}, k == label);
  slope[k] = (exp(score[k] - level) - goal) * ${float(1 / batch)};
}
let loss = ${float(1 - labelSmoothing)} * (level - score[label]) + ${float(spread)} * spread;
statistics[${scores}u + image] = vec4f(loss, select(0.0f, 1.0f, answer == label), 0.0f, 0.0f);
${each(groups, (b) => `let slope${b} = vec4f(slope[${4 * b}], slope[${4 * b + 1}], slope[${4 * b + 2}], slope[${4 * b + 3}]);`)}`
}

/** The label of an image of the data, in `label`. */
export function labelOf(image: string): string {
  return `let label = (labels[${image} / 4u] >> (${image} % 4u * 8u)) & 255u;`
}
