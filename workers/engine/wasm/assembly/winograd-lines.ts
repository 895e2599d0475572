/**
 * The one-dimensional transforms of Winograd's F(4, 3) (points 0, ±1, ±2, ∞) and F(2, 3) (points 0, ±1, ∞), after Lavin and
 * Gray, "Fast algorithms for convolutional neural networks", 2015. With d an input, w a filter and g an output's gradient:
 * y = Aᵀ[(G w) ⊙ (Bᵀ d)], and, by transposition, dw = Gᵀ[(A g) ⊙ (Bᵀ d)] and dd = B[(G w) ⊙ (A g)].
 *
 * Every function takes vectors of four channels `apart` bytes from each other (or at pointers of their own) and writes the
 * results `step` bytes apart. Two-dimensional transforms use each along columns, then along rows (winograd.ts).
 */
import { ended } from './ending'
import { madd, nmadd } from './memory'

/** Factors as data: V8 would put a constant together again inside the loop. */
const FACTORS: usize = memory.data<f32>([2, 2, 2, 2, 4, 4, 4, 4, 5, 5, 5, 5, 8, 8, 8, 8])

// @ts-ignore: decorator
@inline
export function two(): v128 {
  return v128.load(FACTORS)
}
// @ts-ignore: decorator
@inline
export function four(): v128 {
  return v128.load(FACTORS, 16)
}
// @ts-ignore: decorator
@inline
export function five(): v128 {
  return v128.load(FACTORS, 32)
}
// @ts-ignore: decorator
@inline
export function eight(): v128 {
  return v128.load(FACTORS, 48)
}

/** Bᵀ d of F(4, 3): six values to six. */
// @ts-ignore: decorator
@inline
export function input4(p0: usize, p1: usize, p2: usize, p3: usize, p4: usize, p5: usize, q: usize, step: usize, c2: v128, c4: v128, c5: v128): void {
  const d1 = v128.load(p1)
  const d2 = v128.load(p2)
  const d3 = v128.load(p3)
  const d4 = v128.load(p4)
  v128.store(q, madd(c4, v128.load(p0), nmadd(c5, d2, d4)))
  const even = nmadd(c4, d2, d4)
  const odd = nmadd(c4, d1, d3)
  q += step
  v128.store(q, f32x4.add(even, odd))
  q += step
  v128.store(q, f32x4.sub(even, odd))
  const even2 = f32x4.sub(d4, d2)
  const odd2 = f32x4.sub(d3, d1)
  q += step
  v128.store(q, madd(c2, odd2, even2))
  q += step
  v128.store(q, nmadd(c2, odd2, even2))
  q += step
  v128.store(q, madd(c4, d1, nmadd(c5, d3, v128.load(p5))))
}

/** Bᵀ d of F(2, 3): four values to four. */
// @ts-ignore: decorator
@inline
export function input2(p0: usize, p1: usize, p2: usize, p3: usize, q: usize, step: usize): void {
  const d0 = v128.load(p0)
  const d1 = v128.load(p1)
  const d2 = v128.load(p2)
  const d3 = v128.load(p3)
  v128.store(q, f32x4.sub(d0, d2))
  q += step
  v128.store(q, f32x4.add(d1, d2))
  q += step
  v128.store(q, f32x4.sub(d2, d1))
  q += step
  v128.store(q, f32x4.sub(d1, d3))
}

/** A g of F(4, 3): four values to six. */
// @ts-ignore: decorator
@inline
export function gradient4(p0: usize, p1: usize, p2: usize, p3: usize, q: usize, step: usize, c2: v128, c4: v128): void {
  const g0 = v128.load(p0)
  const g1 = v128.load(p1)
  const g2 = v128.load(p2)
  const g3 = v128.load(p3)
  v128.store(q, g0)
  const even = f32x4.add(g0, g2)
  const odd = f32x4.add(g1, g3)
  q += step
  v128.store(q, f32x4.add(even, odd))
  q += step
  v128.store(q, f32x4.sub(even, odd))
  const even2 = madd(c4, g2, g0)
  const odd2 = madd(c4, g3, g1)
  q += step
  v128.store(q, madd(c2, odd2, even2))
  q += step
  v128.store(q, nmadd(c2, odd2, even2))
  q += step
  v128.store(q, g3)
}

/** A g of F(2, 3): two values to four. */
// @ts-ignore: decorator
@inline
export function gradient2(p0: usize, p1: usize, q: usize, step: usize): void {
  const g0 = v128.load(p0)
  const g1 = v128.load(p1)
  v128.store(q, g0)
  q += step
  v128.store(q, f32x4.add(g0, g1))
  q += step
  v128.store(q, f32x4.sub(g0, g1))
  q += step
  v128.store(q, f32x4.neg(g1))
}

/** Aᵀ m of F(4, 3): six values to four, of which the first `left` are written, ended or not (see ending.ts). */
// @ts-ignore: decorator
@inline
export function output4(END: bool, p: usize, apart: usize, q: usize, step: usize, left: i32, c2: v128, c4: v128, c8: v128, bias: usize, floor: usize): void {
  const m0 = v128.load(p)
  p += apart
  const m1 = v128.load(p)
  p += apart
  const m2 = v128.load(p)
  p += apart
  const m3 = v128.load(p)
  p += apart
  const m4 = v128.load(p)
  const sum = f32x4.add(m1, m2)
  const difference = f32x4.sub(m1, m2)
  const sum2 = f32x4.add(m3, m4)
  const difference2 = f32x4.sub(m3, m4)
  v128.store(q, ended(END, f32x4.add(f32x4.add(m0, sum), sum2), bias, floor))
  if (left > 1) v128.store(q + step, ended(END, madd(c2, difference2, difference), bias, floor))
  if (left > 2) v128.store(q + (step << 1), ended(END, madd(c4, sum2, sum), bias, floor))
  if (left > 3) {
    const m5 = v128.load(p + apart)
    v128.store(q + (step << 1) + step, ended(END, f32x4.add(madd(c8, difference2, difference), m5), bias, floor))
  }
}

/** Aᵀ m of F(2, 3): four values to two, in the same way. */
// @ts-ignore: decorator
@inline
export function output2(END: bool, p: usize, apart: usize, q: usize, step: usize, left: i32, bias: usize, floor: usize): void {
  const m0 = v128.load(p)
  p += apart
  const m1 = v128.load(p)
  p += apart
  const m2 = v128.load(p)
  v128.store(q, ended(END, f32x4.add(f32x4.add(m0, m1), m2), bias, floor))
  if (left > 1) v128.store(q + step, ended(END, f32x4.sub(f32x4.sub(m1, m2), v128.load(p + apart)), bias, floor))
}
