import type { Activation } from '../../plan'

/** A buffer that a kernel sees under a name of its own. */
export interface Binding {
  readonly name: string
  /** The engine's buffer, as `plan.ts` names it. */
  readonly buffer: string
  readonly access: 'read' | 'read_write'
  /** The WGSL type of an element. */
  readonly element: 'vec4f' | 'vec4u' | 'f32' | 'u32' | 'vec2u'
}

/** One dispatch: what runs, on which buffers, in how many workgroups. */
export interface Kernel {
  readonly source: string
  readonly bindings: readonly Binding[]
  readonly workgroups: number
}

/** A piece of a kernel with the buffers it needs. */
export interface Piece {
  readonly bindings: readonly Binding[]
  readonly declarations: string
}

/**
 * A whole kernel. `main` finds its workgroup in `workgroup` and its place in it in `lane`. The numbers of the step are
 * `step_word(i)`.
 */
export function kernelOf(
  pieces: readonly Piece[],
  { width, workgroups, stepWords }: { width: number; workgroups: number; stepWords: number },
  main: string,
): Kernel {
  const bindings = [
    ...new Map(pieces.flatMap((piece) => piece.bindings).map((one) => [one.name, one])).values(),
  ]
  const declarations = [...new Set(pieces.map((piece) => piece.declarations))]
  const source = [
    `@group(0) @binding(0) var<uniform> step: array<vec4u, ${stepWords / 4}>;`,
    ...bindings.map(
      ({ name, access, element }, at) =>
        `@group(0) @binding(${at + 1}) var<storage, ${access}> ${name}: array<${element}>;`,
    ),
    'fn step_word(word: u32) -> u32 { return step[word / 4u][word % 4u]; }',
    ...declarations,
    `@compute @workgroup_size(${width})`,
    'fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {',
    'let workgroup = id.x;',
    main,
    '}',
  ].join('\n')
  return { source, bindings, workgroups }
}

/** The same text for 0 … count − 1. */
export function each(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join('\n')
}

/** A float32 constant, exactly. */
export function float(value: number): string {
  const text = String(Math.fround(value))
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`
}

/** `value` through an activation. */
export function activated(activation: Activation, value: string): string {
  switch (activation.kind) {
    case 'none':
      return value
    case 'relu':
      return `max(${value}, vec4f())`
    case 'leaky-relu':
      return `select(${value} * ${float(activation.slope)}, ${value}, ${value} > vec4f())`
  }
}

/** `gradient` through an activation whose argument or result has the sign of `value`. */
export function deactivated(activation: Activation, gradient: string, value: string): string {
  switch (activation.kind) {
    case 'none':
      return gradient
    case 'relu':
      return `select(vec4f(), ${gradient}, ${value} > vec4f())`
    case 'leaky-relu':
      return `select(${gradient} * ${float(activation.slope)}, ${gradient}, ${value} > vec4f())`
  }
}
