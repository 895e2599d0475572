/** The orders in which kernels read weights, as maps from packed to flat positions. */
import type { ParameterTensor } from '../../src/domain/model/parameters'
import type { LinearNode } from './nodes'

/** Vectors of the next block of output channels; the twin of `nextBlock` in wasm/assembly/memory.ts. */
function nextBlock(left: number): number {
  if (left === 5 || left === 6) return 3
  return left > 4 ? 4 : left
}

/** Channels as stored: rounded up to whole vectors of four. */
export function lanesOf(channels: number): number {
  return Math.ceil(channels / 4) * 4
}

/**
 * Packed order of a forward kernel: [block of output channels][kernel row][run][channel of the block]. `inputLanes` is what the
 * input tensor stores a pixel. The filter gradient comes out in the same order.
 */
export function forwardMap(node: LinearNode, kernel: ParameterTensor, inputLanes: number): Int32Array {
  const rows = node.flat ? 1 : node.kernel
  const pixels = node.flat ? node.input.height * node.input.width : node.kernel
  const { channels: inputs } = node.input
  const { channels: outputs } = node.output
  return blockMap(lanesOf(outputs) / 4, rows, pixels * inputLanes, (row, position, output) => {
    const input = position % inputLanes
    const tap = row * node.kernel + Math.floor(position / inputLanes)
    if (input >= inputs || output >= outputs) return -1
    return kernel.offset + (tap * inputs + input) * outputs + output
  })
}

/**
 * Packed order for the input gradient: a convolution of the output's gradient with the kernel turned by 180°, inputs and
 * outputs exchanged. A flat node writes the whole input plane as one pixel of height · width · lanes channels.
 */
export function gradientMap(node: LinearNode, kernel: ParameterTensor, inputLanes: number): Int32Array {
  const { channels: inputs } = node.input
  const { channels: outputs } = node.output
  const outputLanes = lanesOf(outputs)
  if (node.flat) {
    const plane = node.input.height * node.input.width * inputLanes
    return blockMap(plane / 4, 1, outputLanes, (_row, output, position) => {
      const input = position % inputLanes
      if (input >= inputs || output >= outputs) return -1
      return kernel.offset + (Math.floor(position / inputLanes) * inputs + input) * outputs + output
    })
  }
  const last = node.kernel - 1
  return blockMap(inputLanes / 4, node.kernel, node.kernel * outputLanes, (row, position, input) => {
    const output = position % outputLanes
    const column = last - Math.floor(position / outputLanes)
    if (input >= inputs || output >= outputs) return -1
    return kernel.offset + (((last - row) * node.kernel + column) * inputs + input) * outputs + output
  })
}

/** The order of one point's weights for Winograd's forward product, as positions of the filters' first tap. */
export function forwardTapMap(node: LinearNode, kernel: ParameterTensor, inputLanes: number): Int32Array {
  const { channels: inputs } = node.input
  const { channels: outputs } = node.output
  return blockMap(lanesOf(outputs) / 4, 1, inputLanes, (_row, input, output) =>
    input >= inputs || output >= outputs ? -1 : kernel.offset + input * outputs + output,
  )
}

/** The same for the input gradient: inputs and outputs exchanged, nothing turned, since the transforms are transposed. */
export function gradientTapMap(node: LinearNode, kernel: ParameterTensor, inputLanes: number): Int32Array {
  const { channels: inputs } = node.input
  const { channels: outputs } = node.output
  return blockMap(inputLanes / 4, 1, lanesOf(outputs), (_row, output, input) =>
    input >= inputs || output >= outputs ? -1 : kernel.offset + input * outputs + output,
  )
}

/** A bias, padded to whole vectors. */
export function biasMap(bias: ParameterTensor): Int32Array {
  return Int32Array.from({ length: lanesOf(bias.size) }, (_, i) => (i < bias.size ? bias.offset + i : -1))
}

function blockMap(
  vectors: number,
  rows: number,
  run: number,
  flatPosition: (row: number, position: number, channel: number) => number,
): Int32Array {
  const map = new Int32Array(vectors * 4 * rows * run)
  let next = 0
  let done = 0
  while (done < vectors) {
    const block = nextBlock(vectors - done)
    for (let row = 0; row < rows; row++)
      for (let position = 0; position < run; position++)
        for (let lane = 0; lane < block * 4; lane++)
          map[next++] = flatPosition(row, position, done * 4 + lane)
    done += block
  }
  return map
}
