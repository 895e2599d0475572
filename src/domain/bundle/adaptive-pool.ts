/**
 * Adaptive average pooling along one axis as a matrix, extent × size in C order: cell i averages positions
 * floor(i·extent/size) … ceil((i+1)·extent/size) − 1. Other tools know this pooling only where the cells are equal.
 */
export function poolingMatrix(extent: number, size: number): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(extent * size)
  for (let cell = 0; cell < size; cell++) {
    const first = Math.floor((cell * extent) / size)
    const end = Math.ceil(((cell + 1) * extent) / size)
    for (let at = first; at < end; at++) matrix[at * size + cell] = 1 / (end - first)
  }
  return matrix
}

/** The same turned: size × extent. */
export function turnedPoolingMatrix(extent: number, size: number): Float32Array<ArrayBuffer> {
  const matrix = poolingMatrix(extent, size)
  return Float32Array.from(matrix, (_, at) => matrix[(at % extent) * size + Math.floor(at / extent)] ?? 0)
}
