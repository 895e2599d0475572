/** A connected piece of ink: pixels that touch over sides or corners. */
interface Piece {
  readonly left: number
  readonly top: number
  /** Inclusive. */
  readonly right: number
  readonly bottom: number
  readonly pixels: number
  /** Sum of its bytes. */
  readonly ink: number
  /** Its darkest byte. */
  readonly peak: number
}

export interface Pieces {
  /** The number of each pixel's piece, from 1; 0 is paper. */
  readonly labels: Int32Array
  /** Piece `n` at index `n − 1`. */
  readonly pieces: readonly Piece[]
}

/** Finds the connected pieces of all pixels of at least `threshold`. */
export function findPieces(image: Uint8Array, width: number, height: number, threshold: number): Pieces {
  const labels = new Int32Array(width * height)
  const pieces: Piece[] = []
  const open: number[] = []
  for (let start = 0; start < labels.length; start++) {
    if ((image[start] as number) < threshold || labels[start] !== 0) continue
    const label = pieces.length + 1
    let [left, right, top, bottom] = [width, -1, height, -1]
    let [pixels, ink, peak] = [0, 0, 0]
    labels[start] = label
    open.push(start)
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const x = at % width
      const y = Math.floor(at / width)
      const value = image[at] as number
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
      pixels++
      ink += value
      peak = Math.max(peak, value)
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++)
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx
          if (labels[next] !== 0 || (image[next] as number) < threshold) continue
          labels[next] = label
          open.push(next)
        }
    }
    pieces.push({ left, top, right, bottom, pixels, ink, peak })
  }
  return { labels, pieces }
}

/** Pixels that become one before pieces are looked for: a gap of less is no gap. */
const BLOCK = 4
/** Pieces nearer than this share of the whole drawing's longer side belong together: a 5 has its bar, a 4 its stroke. */
const NEAR = 0.12
/** A group this large, compared with the largest, is a digit of its own and not a dot. */
const DIGIT_LIKE = 0.4

/**
 * How many digits a drawing seems to hold: groups of pieces that stand apart from each other and are of about one size.
 * 0 for a drawing without ink.
 *
 * @param image side × side bytes, 0 paper to 255 ink
 */
export function countDigits(image: Uint8Array, side: number): number {
  const small = Math.ceil(side / BLOCK)
  const coarse = new Uint8Array(small * small)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const at = Math.floor(y / BLOCK) * small + Math.floor(x / BLOCK)
      coarse[at] = Math.max(coarse[at] as number, image[y * side + x] as number)
    }
  const { pieces } = findPieces(coarse, small, small, 128)
  if (pieces.length < 2) return pieces.length
  const near = NEAR * longerSide(pieces.reduce(joined))
  let groups: Piece[] = [...pieces]
  for (let before = -1; before !== groups.length;) {
    before = groups.length
    const kept: Piece[] = []
    for (const piece of groups) {
      const other = kept.findIndex((group) => distance(group, piece) <= near)
      if (other < 0) kept.push(piece)
      else kept[other] = joined(kept[other] as Piece, piece)
    }
    groups = kept
  }
  const largest = Math.max(...groups.map(longerSide))
  return groups.filter((group) => longerSide(group) >= DIGIT_LIKE * largest).length
}

function joined(a: Piece, b: Piece): Piece {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
    pixels: a.pixels + b.pixels,
    ink: a.ink + b.ink,
    peak: Math.max(a.peak, b.peak),
  }
}

function longerSide({ left, top, right, bottom }: Piece): number {
  return Math.max(right - left, bottom - top) + 1
}

/** Between the boxes around two pieces; 0 where they overlap. */
function distance(a: Piece, b: Piece): number {
  const x = Math.max(0, a.left - b.right, b.left - a.right)
  const y = Math.max(0, a.top - b.bottom, b.top - a.bottom)
  return Math.hypot(x, y)
}
