/** The kernel between the two directions. */
import { assembled, constantsOf, inputReader, sumsAt, type KernelContext } from './kernel-context'
import { fours, isLinear, type LinearStage } from './stages'
import { lossGrid } from './tiles'
import { each, type Kernel, type Piece } from './wgsl/kernel'
import { labelOf, lossOf, LOSS_BUFFERS } from './wgsl/loss'
import { gridLoop, NOTHING, workgroupsOf } from './wgsl/statistics'
import { slopeWriter } from './wgsl/slopes'
import { packedBinding, slopesOf, valueReader, type Reader } from './wgsl/values'

/** Loss, accuracy and the gradient of the logits; with the last product where that is small. */
export function lossKernel(context: KernelContext): Kernel {
  const { network, layout, tiles, batch, labelSmoothing } = context
  const { stages, classes, headInLoss } = network
  const last = stages.at(-1)
  const previous = stages.at(-2)
  if (last === undefined) throw new Error('a network needs a stage')
  const norm = layout.norm.get(last.index)
  const grid = lossGrid(tiles, batch, classes)
  const loss = lossOf({ classes, batch, labelSmoothing, scores: layout.scores })
  const groups = fours(classes)
  const label = `let image = block;\n${labelOf(context.index('image'))}`
  if (headInLoss && previous !== undefined && isLinear(last)) {
    const before = constantsOf(context, previous)
    const reader = inputReader(context, last, 'workgroup')
    const slopes: Piece = {
      bindings: [
        packedBinding(),
        { name: 'slopesOut', buffer: slopesOf(last), access: 'read_write', element: 'vec4f' },
      ],
      declarations: '',
    }
    const body = [
      label,
      headProduct(context, last, reader),
      loss,
      each(groups, (b) => `slopesOut[image * ${groups}u + ${b}u] = slope${b};`),
    ]
    return assembled(context, [reader, slopes, LOSS_BUFFERS], [before], workgroupsOf(grid), [
      before.text,
      'let place = workgroup;',
      gridLoop(grid, tiles.width, false, null, body.join('\n')),
    ])
  }
  const before = constantsOf(context, last, true)
  const sums = norm === undefined ? NOTHING : sumsAt(norm.backwardSums, last, grid, tiles)
  const reader = valueReader(last, norm, 'workgroup')
  const writer = slopeWriter(last, norm, 'workgroup')
  const body = [
    label,
    each(
      groups,
      (b) =>
        `var l${b} = vec4f(); { ${reader.hoist(`${b}u`)} ${reader.row('image', '0u', `${b}u`)} l${b} = ${reader.at('0u')}; }`,
    ),
    loss,
    'let pixel = 0u;',
    each(groups, (b) => `{ let channels = ${b}u; ${writer.store(`slope${b}`, b)} }`),
  ]
  return assembled(context, [reader, writer, LOSS_BUFFERS], [before, sums], workgroupsOf(grid), [
    before.text,
    'let place = workgroup;',
    gridLoop(grid, tiles.width, norm !== undefined, writer, body.join('\n')),
    sums.text,
  ])
}

function headProduct(context: KernelContext, stage: LinearStage, reader: Reader): string {
  const { input, output } = stage
  const places = context.layout.linear.get(stage.index)
  if (places === undefined) throw new Error(`stage ${stage.index} has no weights`)
  const groups = fours(output.channels)
  const inputs = fours(input.channels)
  return `${each(groups, (b) => `var l${b} = ${places.bias === null ? 'vec4f()' : `packed[${places.bias + b}u]`};`)}
for (var inputY = 0u; inputY < ${input.height}u; inputY++) {
for (var inputX = 0u; inputX < ${input.width}u; inputX++) {
  for (var c = 0u; c < ${inputs}u; c++) {
    ${reader.hoist('c')}
    ${reader.row('image', 'inputY', 'c')}
    let value = ${reader.at('inputX')};
    let weight = ${places.forward}u + ((inputY * ${input.width}u + inputX) * ${inputs}u + c) * ${4 * groups}u;
    ${each(4, (lane) => each(groups, (b) => `l${b} += value.${'xyzw'.charAt(lane)} * packed[weight + ${lane * groups + b}u];`))}
  }
}}`
}
