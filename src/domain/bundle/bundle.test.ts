import { array, assert, constantFrom, float, property, record, string, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateLogits } from '../metrics/evaluate'
import { initialWeights } from '../model/initialise'
import { findPreset, presetNames } from '../model/presets'
import type { ModelSpec } from '../model/spec'
import { parseSha256, toHex } from '../ids'
import { MNIST_PREPROCESS, normalisationTable } from '../image/preprocess'
import { poolingMatrix, turnedPoolingMatrix } from './adaptive-pool'
import { floatBytes } from './bytes'
import { inverseOrder, permuted } from './layouts'
import { foreignPreprocess } from './readings'
import { readSafetensors, writeSafetensors } from './safetensors'
import { safetensorsOf, safetensorsProblem } from './safetensors-file'
import { sampleAgrees } from './sample'
import { torchState } from './torch-state'
import { yamlText } from './yaml-text'

function preset(name: string): ModelSpec {
  const found = findPreset(name)
  if (found.kind === 'unknown') throw new Error(found.message)
  return found.spec
}

describe('safetensors', () => {
  it("has the bytes of the format's own writer", () => {
    const file = writeSafetensors([{ name: 'a', dtype: 'F32', shape: [2], values: Float32Array.of(1, 2) }])
    expect(toHex(file)).toBe(
      '38000000000000007b2261223a7b226474797065223a22463332222c227368617065223a5b325d2c22646174615f6f666673657473223a5b302c385d7d7d20200000803f00000040',
    )
  })

  it('reads what it wrote, whatever it holds', () => {
    const tensor = record({ values: array(float({ noNaN: true }), { maxLength: 8 }) })
    assert(
      property(array(tensor, { maxLength: 5 }), string(), (given, note) => {
        const tensors = given.map(({ values }, index) => ({
          name: `t${index}`,
          dtype: 'F32' as const,
          shape: [values.length],
          values: Float32Array.from(values),
        }))
        const read = readSafetensors(writeSafetensors(tensors, { note }))
        expect([...read.tensors.values()]).toEqual(tensors)
        expect(read.metadata).toEqual({ note })
      }),
    )
  })

  it('refuses any other bytes with a reason', () => {
    assert(
      property(uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => readSafetensors(bytes)).toThrow(RangeError)
      }),
    )
  })

  it.each(presetNames)('gives back the weights of %s from PyTorch layouts', (name) => {
    const spec = preset(name)
    const weights = initialWeights(spec, 5)
    const file = safetensorsOf(spec, weights, 0)
    expect(safetensorsProblem(spec, floatBytes(weights), file)).toBeNull()
    const other = Float32Array.from(weights)
    other[0]! += 1
    expect(safetensorsProblem(spec, floatBytes(other), file)).toBe('it holds other weights')
  })

  it("names tensors as the reference's classes do", () => {
    const names = torchState(preset('rf5-13k'), initialWeights(preset('rf5-13k'), 1)).map(({ name }) => name)
    expect(names.slice(0, 3)).toEqual(['convblock1.0.weight', 'convblock1.2.weight', 'convblock1.2.bias'])
    expect(names).toContain('convblock1.2.running_mean')
    expect(names).toContain('convblock8.0.weight')
  })

  it('puts rows behind a flatten into the order channels, rows, columns', () => {
    const spec: ModelSpec = {
      name: 'small',
      input: { height: 2, width: 1, channels: 3 },
      layers: [{ kind: 'flatten' }, { kind: 'dense', units: 1, bias: false }],
    }
    const [kernel] = torchState(spec, Float32Array.of(0, 1, 2, 10, 11, 12))
    expect(kernel?.shape).toEqual([1, 6])
    expect([...kernel!.values]).toEqual([0, 10, 1, 11, 2, 12])
  })
})

describe('layouts', () => {
  it('turn back to what they were', () => {
    const order = constantFrom([3, 2, 0, 1], [2, 0, 1, 3], [0, 1, 2, 3], [1, 3, 0, 2])
    const values = Float32Array.from({ length: 2 * 3 * 4 * 5 }, (_, at) => at)
    assert(
      property(order, (axes) => {
        const turned = permuted(values, [2, 3, 4, 5], axes)
        const extents = axes.map((axis) => [2, 3, 4, 5][axis]!)
        expect(permuted(turned, extents, inverseOrder(axes))).toEqual(values)
      }),
    )
    expect([...permuted(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0])]).toEqual([1, 4, 2, 5, 3, 6])
  })

  it('pool three positions to four cells as PyTorch does', () => {
    expect([...poolingMatrix(3, 4)]).toEqual([1, 0.5, 0, 0, 0, 0.5, 0.5, 0, 0, 0, 0.5, 1])
    expect([...turnedPoolingMatrix(3, 4)]).toEqual([1, 0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 1])
  })
})

describe('a foreign preprocessing', () => {
  it('of dark ink on light paper turns the pixels round', () => {
    const light = normalisationTable(foreignPreprocess(0.1307, 0.3081, false))
    const dark = normalisationTable(foreignPreprocess(0.1307, 0.3081, true))
    expect(light).toEqual(normalisationTable(MNIST_PREPROCESS))
    for (const byte of [0, 1, 100, 255]) expect(dark[byte]).toBeCloseTo(light[255 - byte]!, 5)
  })
})

describe('stored figures', () => {
  const labels = Uint8Array.from({ length: 1000 }, (_, at) => at % 10)
  const logits = new Float32Array(10_000)
  labels.forEach((label, at) => (logits[at * 10 + (at < 980 ? label : (label + 1) % 10)] = 5))
  const stored = evaluateLogits(logits, labels, 'test', parseSha256('0'.repeat(64)))

  it.each([
    [{ count: 1000, correct: 980 }, true],
    [{ count: 1000, correct: 970 }, false],
    [{ count: 200, correct: 196 }, true],
    [{ count: 200, correct: 190 }, true],
    [{ count: 200, correct: 150 }, false],
    [{ count: 1000, correct: 1000 }, false],
  ])('hold for a sample only where chance allows it: %o', (sample, agrees) => {
    expect(sampleAgrees(stored, sample)).toBe(agrees)
  })
})

describe('YAML', () => {
  it('is block style that any reader takes', () => {
    expect(yamlText({ a: [1, 'x: y', { b: null }], c: {}, d: [], rate: 1e-7 })).toBe(
      'a:\n  - 1\n  - "x: y"\n  -\n    b: null\nc: {}\nd: []\nrate: 1.0e-7\n',
    )
  })
})
