/**
 * torch.nn.CrossEntropyLoss with label smoothing, mean over the batch, in double precision: what engines' losses are measured
 * against. The target of the right class is 1 − smoothing + smoothing / classes, that of every other smoothing / classes.
 *
 * @param logits batch × classes
 * @param labels batch
 * @param smoothing in [0, 1)
 * @returns the loss in nats, and its gradient, batch × classes
 */
export function crossEntropy(
  logits: Float32Array | Float64Array,
  labels: Uint8Array,
  smoothing: number,
): { readonly loss: number; readonly gradient: Float64Array } {
  const batch = labels.length
  const classes = logits.length / batch
  if (!Number.isInteger(classes))
    throw new RangeError(`${batch} labels need as many rows of logits, found ${logits.length} values`)
  const gradient = new Float64Array(logits.length)
  let loss = 0
  labels.forEach((label, n) => {
    const row = Float64Array.from(logits.subarray(n * classes, (n + 1) * classes))
    const top = Math.max(...row)
    const sum = row.reduce((total, value) => total + Math.exp(value - top), 0)
    row.forEach((value, c) => {
      const target = smoothing / classes + (c === label ? 1 - smoothing : 0)
      loss += target * (Math.log(sum) - (value - top))
      gradient[n * classes + c] = (Math.exp(value - top) / sum - target) / batch
    })
  })
  return { loss: loss / batch, gradient }
}
