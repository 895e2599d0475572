/** `augment.ts` of the domain on 32-bit integers, one workgroup an image. */
import { DRAW, DRAW_WORDS, FIELD_SIDE } from '../../../../src/domain/training/augment'
import { IMAGE_PIXELS, IMAGE_SIDE } from '../../../../src/domain/image/preprocess'
import { kernelOf, type Kernel } from './kernel'

export interface AugmentShape {
  readonly batch: number
  readonly width: number
  readonly stepWords: number
  /** First word of the draws and of the indices. */
  readonly draws: number
  readonly indices: number
  /** The elastic field's greatest displacement in 1/256 pixel. */
  readonly elastic: number
}

export function augmentKernel({ batch, width, stepWords, draws, indices, elastic }: AugmentShape): Kernel {
  const points = FIELD_SIDE * FIELD_SIDE
  const draw = (word: number): string => `draw(workgroup, ${word}u)`
  return kernelOf(
    [
      {
        bindings: [
          { name: 'data', buffer: 'data', access: 'read', element: 'u32' },
          { name: 'augmented', buffer: 'augmented', access: 'read_write', element: 'u32' },
        ],
        declarations: `var<workgroup> source: array<i32, ${IMAGE_PIXELS}>;
var<workgroup> stroked: array<i32, ${IMAGE_PIXELS}>;
var<workgroup> field: array<vec2i, ${points}>;
fn draw(image: u32, word: u32) -> i32 { return bitcast<i32>(step_word(${draws}u + image * ${DRAW_WORDS}u + word)); }
fn inside(x: i32, y: i32) -> bool { return x >= 0 && y >= 0 && x < ${IMAGE_SIDE} && y < ${IMAGE_SIDE}; }
fn source_at(x: i32, y: i32) -> i32 {
  if (!inside(x, y)) { return 0; }
  return source[y * ${IMAGE_SIDE} + x];
}
fn stroked_at(x: i32, y: i32) -> i32 {
  if (!inside(x, y)) { return 0; }
  return stroked[y * ${IMAGE_SIDE} + x];
}
fn displacement(x: i32, y: i32) -> vec2i {
  let at = (y >> 3u) * ${FIELD_SIDE} + (x >> 3u);
  let right = x & 7;
  let down = y & 7;
  let upper = field[at] * (8 - right) + field[at + 1] * right;
  let lower = field[at + ${FIELD_SIDE}] * (8 - right) + field[at + ${FIELD_SIDE + 1}] * right;
  return (upper * (8 - down) + lower * down) >> vec2u(6u);
}
fn bilinear(u: i32, v: i32) -> u32 {
  let x = u >> 16u;
  let y = v >> 16u;
  let right = (u >> 8u) & 255;
  let down = (v >> 8u) & 255;
  let upper = stroked_at(x, y) * (256 - right) + stroked_at(x + 1, y) * right;
  let lower = stroked_at(x, y + 1) * (256 - right) + stroked_at(x + 1, y + 1) * right;
  return bitcast<u32>((upper * (256 - down) + lower * down + 32768) >> 16u);
}
fn mixed(value: u32) -> u32 {
  var x = value;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}`,
      },
    ],
    { width, workgroups: batch, stepWords },
    `let start = step_word(${indices}u + workgroup) * ${IMAGE_PIXELS}u;
for (var pixel = lane; pixel < ${IMAGE_PIXELS}u; pixel += ${width}u) {
  let at = start + pixel;
  source[pixel] = i32((data[at / 4u] >> (at % 4u * 8u)) & 255u);
}
for (var point = lane; point < ${points}u; point += ${width}u) {
  let number = mixed(bitcast<u32>(${draw(DRAW.field)}) ^ (point * 0x9e3779b9u));
  let low = (i32(number & 0xffffu) - 32768) * ${elastic};
  let high = (i32(number >> 16u) - 32768) * ${elastic};
  field[point] = vec2i(low, high) >> vec2u(7u);
}
workgroupBarrier();
let strokes = ${draw(DRAW.strokes)};
for (var pixel = lane; pixel < ${IMAGE_PIXELS}u; pixel += ${width}u) {
  let x = i32(pixel % ${IMAGE_SIDE}u);
  let y = i32(pixel / ${IMAGE_SIDE}u);
  let own = source[pixel];
  var extreme = own;
  for (var dy = -1; dy <= 1; dy++) {
    for (var dx = -1; dx <= 1; dx++) {
      let other = source_at(x + dx, y + dy);
      extreme = select(min(extreme, other), max(extreme, other), strokes > 0);
    }
  }
  stroked[pixel] = select(own + (((extreme - own) * abs(strokes) + 128) >> 8u), own, strokes == 0);
}
workgroupBarrier();
for (var word = lane; word < ${IMAGE_PIXELS / 4}u; word += ${width}u) {
  var bytes = 0u;
  for (var part = 0u; part < 4u; part++) {
    let pixel = word * 4u + part;
    let x = i32(pixel % ${IMAGE_SIDE}u);
    let y = i32(pixel / ${IMAGE_SIDE}u);
    let moved = displacement(x, y);
    let u = ${draw(DRAW.xStart)} + ${draw(DRAW.xByX)} * x + ${draw(DRAW.xByY)} * y + moved.x;
    let v = ${draw(DRAW.yStart)} + ${draw(DRAW.yByX)} * x + ${draw(DRAW.yByY)} * y + moved.y;
    bytes |= bilinear(u, v) << (part * 8u);
  }
  augmented[workgroup * ${IMAGE_PIXELS / 4}u + word] = bytes;
}`,
  )
}
