/** The parts of an ONNX graph as protocol buffers; field numbers are those of onnx.proto. */
import { floatBytes } from './bytes'
import { bytesField, floatField, messageField, textField, wholeField } from './protobuf'

/** One attribute of a node. */
export type OnnxAttribute =
  | { readonly name: string; readonly kind: 'float'; readonly value: number }
  | { readonly name: string; readonly kind: 'int'; readonly value: number }
  | { readonly name: string; readonly kind: 'ints'; readonly values: readonly number[] }

export interface OnnxNode {
  readonly operation: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes?: readonly OnnxAttribute[]
}

/** A constant: what a node multiplies with, or a shape. */
export type OnnxTensor =
  | {
      readonly name: string
      readonly kind: 'float'
      readonly dims: readonly number[]
      readonly values: Float32Array
    }
  | { readonly name: string; readonly kind: 'int64'; readonly values: readonly number[] }

/** A tensor at the graph's border; a text stands for any number of images. */
interface OnnxBorder {
  readonly name: string
  readonly dims: readonly (number | string)[]
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly constants: readonly OnnxTensor[]
  readonly input: OnnxBorder
  readonly output: OnnxBorder
}

const FLOAT = 1
const INT64 = 7
const ATTRIBUTE = { float: 1, int: 2, ints: 7 } as const

/** GraphProto's fields. */
export function graphFields({ name, nodes, constants, input, output }: OnnxGraph): Uint8Array[] {
  return [
    ...nodes.map((node, index) => messageField(1, nodeFields(node, index))),
    textField(2, name),
    ...constants.map((tensor) => messageField(5, tensorFields(tensor))),
    messageField(11, borderFields(input)),
    messageField(12, borderFields(output)),
  ]
}

function nodeFields({ operation, inputs, output, attributes = [] }: OnnxNode, index: number): Uint8Array[] {
  return [
    ...inputs.map((name) => textField(1, name)),
    textField(2, output),
    textField(3, `${operation}_${index}`),
    textField(4, operation),
    ...attributes.map((attribute) => messageField(5, attributeFields(attribute))),
  ]
}

function attributeFields(attribute: OnnxAttribute): Uint8Array[] {
  const name = textField(1, attribute.name)
  const kind = wholeField(20, ATTRIBUTE[attribute.kind])
  switch (attribute.kind) {
    case 'float':
      return [name, floatField(2, attribute.value), kind]
    case 'int':
      return [name, wholeField(3, attribute.value), kind]
    case 'ints':
      return [name, ...attribute.values.map((value) => wholeField(8, value)), kind]
  }
}

function tensorFields(tensor: OnnxTensor): Uint8Array[] {
  if (tensor.kind === 'float')
    return [
      ...tensor.dims.map((extent) => wholeField(1, extent)),
      wholeField(2, FLOAT),
      textField(8, tensor.name),
      bytesField(9, floatBytes(tensor.values)),
    ]
  const bytes = new Uint8Array(tensor.values.length * 8)
  const view = new DataView(bytes.buffer)
  tensor.values.forEach((value, at) => view.setBigInt64(at * 8, BigInt(value), true))
  return [
    wholeField(1, tensor.values.length),
    wholeField(2, INT64),
    textField(8, tensor.name),
    bytesField(9, bytes),
  ]
}

/** ValueInfoProto's fields. */
function borderFields({ name, dims }: OnnxBorder): Uint8Array[] {
  const shape = dims.map((extent) =>
    messageField(1, [typeof extent === 'number' ? wholeField(1, extent) : textField(2, extent)]),
  )
  const tensor = [wholeField(1, FLOAT), messageField(2, shape)]
  return [textField(1, name), messageField(2, [messageField(1, tensor)])]
}
