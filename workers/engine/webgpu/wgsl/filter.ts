/**
 * The gradient of a kernel: an invocation keeps one combination of taps, input and output channels in registers and adds up
 * its share of the batch's pixels. Shares are added later, in their order.
 */
import { fours } from '../stages'
import { inputLanes, productShape, type FilterGrid } from '../tiles'
import { packedInputs, type LinearPlaces } from '../layout'
import type { LinearStage } from '../stages'
import { each } from './kernel'
import type { Reader } from './values'

export interface FilterSource {
  readonly stage: LinearStage
  readonly places: LinearPlaces
  /** What the stage reads. */
  readonly values: Reader
  /** The gradient of what it computes. */
  readonly slopes: Reader
}

/** Workgroups that a kernel's gradient takes. */
export function filterWorkgroups(grid: FilterGrid, width: number): number {
  return Math.ceil(((grid.combinations + grid.biasCombinations) * grid.rows) / width)
}

/** Sees `place`, its workgroup, and `lane`. */
export function filterGradient(source: FilterSource, grid: FilterGrid, width: number): string {
  const { combinations, biasCombinations, rows, unitsPerRow, units } = grid
  return `let index = place * ${width}u + lane;
let combination = index % ${combinations + biasCombinations}u;
let row = index / ${combinations + biasCombinations}u;
if (row < ${rows}u) {
  let firstUnit = row * ${unitsPerRow}u;
  let lastUnit = min(firstUnit + ${unitsPerRow}u, ${units}u);
  let share = ${source.places.gradient}u + row * ${source.places.rowSize}u;
  ${biasCombinations === 0 ? '' : `if (combination >= ${combinations}u) {\n${biases(source, grid)}\n} else`}
  {
${kernels(source, grid)}
  }
}`
}

function kernels({ stage, values, slopes }: FilterSource, grid: FilterGrid): string {
  const { kernel, padding } = stage.operation
  const { kernelRows, channels, groups, pixels } = grid
  const lanes = inputLanes(stage)
  const inputs = Math.ceil(stage.input.channels / lanes)
  const outputs = fours(stage.output.channels)
  const plane = productShape(stage)
  const columns = pixels + kernel.width - 1
  const taps = kernelRows * kernel.width
  const zero = lanes === 1 ? '0.0f' : 'vec4f()'

  function accumulator(tap: number, lane: number, b: number): string {
    return `a${(tap * lanes + lane) * channels + b}`
  }

  function column(i: number): string {
    const x = `x + ${i}u - ${padding}u`
    const value = values.at(x)
    return padding === 0
      ? value
      : `select(${zero}, ${value}, ${x} < ${stage.input.width}u && inputY < ${stage.input.height}u)`
  }

  function kernelRow(ky: number): string {
    return `{ let inputY = y + firstRow + ${ky}u - ${padding}u;
    ${values.row('image', 'inputY', 'c')}
    ${each(columns, (i) => `let v${i} = ${column(i)};`)}
    ${each(kernel.width, (kx) =>
      each(pixels, (p) =>
        each(lanes, (lane) =>
          each(
            channels,
            (b) =>
              `${accumulator(ky * kernel.width + kx, lane, b)} += v${p + kx}${lanes === 1 ? '' : `.${'xyzw'.charAt(lane)}`} * d${p}_${b};`,
          ),
        ),
      ),
    )} }`
  }

  return `let group = combination % ${groups}u;
let c = combination / ${groups}u % ${inputs}u;
let firstRow = combination / ${groups * inputs}u;
${each(taps * lanes * channels, (i) => `var a${i} = vec4f();`)}
${values.hoist('c')}
${hoistSlopes(slopes, grid, outputs)}
for (var unit = firstUnit; unit < lastUnit; unit++) {
  let image = unit / ${plane.height}u;
  let y = unit % ${plane.height}u;
  ${slopeRows(slopes, channels)}
  for (var x = 0u; x < ${plane.width}u; x += ${pixels}u) {
    ${loadedSlopes(slopes, grid, plane.width)}
    ${each(kernelRows, kernelRow)}
  }
}
${each(taps, (tap) =>
  each(lanes, (lane) => {
    const at = `(${tap}u + firstRow * ${kernel.width}u) * ${packedInputs(stage) * outputs}u + (c * ${lanes}u + ${lane}u) * ${outputs}u`
    return each(channels, (b) => kept(grid, outputs, b, at, accumulator(tap, lane, b)))
  }),
)}`
}

function biases({ stage, places, slopes }: FilterSource, grid: FilterGrid): string {
  const { channels, combinations, pixels } = grid
  const outputs = fours(stage.output.channels)
  const plane = productShape(stage)
  const offset = places.rowSize - outputs
  return `let group = combination - ${combinations}u;
${each(channels, (b) => `var a${b} = vec4f();`)}
${hoistSlopes(slopes, grid, outputs)}
for (var unit = firstUnit; unit < lastUnit; unit++) {
  let image = unit / ${plane.height}u;
  let y = unit % ${plane.height}u;
  ${slopeRows(slopes, channels)}
  for (var x = 0u; x < ${plane.width}u; x += ${pixels}u) {
    ${loadedSlopes(slopes, grid, plane.width)}
    ${each(pixels, (p) => each(channels, (b) => `a${b} += d${p}_${b};`))}
  }
}
${each(channels, (b) => kept(grid, outputs, b, `${offset}u`, `a${b}`))}`
}

/** Channel groups beyond the last are read as the last and not kept. */
function hoistSlopes(slopes: Reader, { channels, groups }: FilterGrid, outputs: number): string {
  return each(channels, (b) => {
    const at = `group * ${channels}u + ${b}u`
    const group = channels * groups === outputs ? at : `min(${at}, ${outputs - 1}u)`
    return `let g${b} = ${group}; ${slopes.hoist(`g${b}`, String(b))}`
  })
}

function slopeRows(slopes: Reader, channels: number): string {
  return each(channels, (b) => slopes.row('image', 'y', `g${b}`, String(b)))
}

function loadedSlopes(slopes: Reader, { pixels, channels }: FilterGrid, width: number): string {
  return each(pixels, (p) =>
    each(channels, (b) => {
      const value = slopes.at(`x + ${p}u`, String(b))
      return `let d${p}_${b} = ${width % pixels === 0 ? value : `select(vec4f(), ${value}, x + ${p}u < ${width}u)`};`
    }),
  )
}

function kept(grid: FilterGrid, outputs: number, b: number, at: string, value: string): string {
  const inside =
    grid.channels * grid.groups === outputs ? '' : `if (group * ${grid.channels}u + ${b}u < ${outputs}u) `
  return `${inside}{ partials[share + ${at} + group * ${grid.channels}u + ${b}u] = ${value}; }`
}
