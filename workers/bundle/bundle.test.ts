import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readSafetensors } from '../../src/domain/bundle/safetensors'
import { verifyChain } from '../../src/domain/registry/chain'
import type { RegistryEvent } from '../../src/domain/registry/records'
import { filesOf, host, jsonOf, packing, sha256, smallParts, textOf } from './bundle.testing'
import { openBundle } from './open'
import { packBundle } from './pack'

const parts = await smallParts()
const bundle = await packBundle(parts, packing)
const files = filesOf(bundle)

describe('a bundle', () => {
  it('opens to what was packed', async () => {
    const opened = await openBundle(bundle, host)
    if (!opened.ok) throw new Error(opened.problem.message)
    const { value } = opened
    expect(value.version).toEqual(parts.version)
    expect(value.weights).toEqual(parts.weights)
    expect(value.golden).toEqual(parts.golden)
    expect(value.evaluation).toEqual(parts.version.evaluation)
    expect(value.baseline).toEqual(parts.version.baseline)
    expect(value.sha256).toBe(sha256(bundle))
    expect([...value.files.keys()].toSorted()).toEqual(
      [...files.keys()].filter((name) => name !== 'manifest.json').toSorted(),
    )
  })

  it('is the same bytes whenever the same is packed at the same time', async () => {
    expect(await packBundle(parts, packing)).toEqual(bundle)
  })

  it('names every file with its digest and size', () => {
    const manifest = jsonOf(files, 'manifest.json') as {
      files: Record<string, { sha256: string; size: number }>
    }
    expect(manifest).toMatchObject({
      format: 'mnist-studio-bundle',
      version: 1,
      app: 'MNIST Studio 9.9.9',
      model: { name: 'mnist-classifier', version: 3, architecture: 'small' },
      parents: ['mnist-classifier/2'],
    })
    const named = Object.entries(manifest.files)
    expect(named.map(([name]) => name)).toEqual([...files.keys()].filter((name) => name !== 'manifest.json'))
    for (const [name, { sha256: digest, size }] of named) {
      expect(sha256(files.get(name)!)).toBe(digest)
      expect(files.get(name)!.length).toBe(size)
    }
  })

  it("holds MLflow's description, with the signature as JSON inside YAML", () => {
    const described = parse(textOf(files, 'MLmodel')) as Record<string, unknown>
    expect(described).toMatchObject({
      artifact_path: 'model',
      flavors: {
        onnx: { data: 'model.onnx', code: null },
        python_function: {
          loader_module: 'mlflow.onnx',
          env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
        },
      },
      model_size_bytes: files.get('model.onnx')!.length,
      run_id: '07'.repeat(16),
      utc_time_created: '2026-01-01 00:00:00.000000',
    })
    const { inputs, outputs } = described['signature'] as { inputs: string; outputs: string }
    expect(JSON.parse(inputs)).toEqual([
      { name: 'input', type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 1, 28, 28] } },
    ])
    expect(JSON.parse(outputs)).toEqual([
      { name: 'logits', type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 10] } },
    ])
    expect(parse(textOf(files, 'conda.yaml'))).toMatchObject({
      name: 'mlflow-env',
      channels: ['conda-forge'],
    })
    expect(parse(textOf(files, 'python_env.yaml'))).toMatchObject({ dependencies: ['-r requirements.txt'] })
    expect(textOf(files, 'requirements.txt')).toMatch(/^mlflow==[\d.]+\nonnx==/)
  })

  it('tells how it was trained', () => {
    const params = parse(textOf(files, 'params.yaml')) as Record<string, Record<string, unknown>>
    expect(params['train']).toEqual({ ...parts.run!.params })
    expect(params['mnist']).toEqual({ normalize_mean: 0.1307, normalize_std: 0.3081 })
    const lines = textOf(files, 'metrics.jsonl').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { kind: 'epoch', epoch: 1, train_loss: 0.25, validation_accuracy: 0.875 },
      { kind: 'step', step: 0, loss: 2.25 },
      { kind: 'step', step: 1, accuracy: 0.5 },
    ])
    expect(jsonOf(files, 'evaluation_results.json')).toMatchObject({
      accuracy: parts.version.evaluation!.accuracy,
    })
    const shares = jsonOf(files, 'baseline_distribution.json')
    expect(shares).toEqual(Object.fromEntries(Array.from({ length: 10 }, (_, label) => [String(label), 0.1])))
  })

  it("carries its history as a chain that can be checked, and PyTorch's names", async () => {
    const events = textOf(files, 'events.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RegistryEvent)
    expect(await verifyChain(events, host.digest)).toBeNull()
    const { tensors, metadata } = readSafetensors(files.get('model.safetensors')!)
    expect(metadata).toEqual({ format: 'pt' })
    expect([...tensors].map(([name, { shape }]) => [name, shape.join('×')])).toEqual([
      ['layers.0.weight', '3×1×5×5'],
      ['layers.0.bias', '3'],
      ['layers.1.weight', '3'],
      ['layers.1.bias', '3'],
      ['layers.5.weight', '10×147'],
      ['layers.5.bias', '10'],
      ['layers.1.running_mean', '3'],
      ['layers.1.running_var', '3'],
      ['layers.1.num_batches_tracked', ''],
    ])
    expect(tensors.get('layers.1.num_batches_tracked')!.values).toEqual([938])
  })

  it('has a card whose figures are those of the records', () => {
    const card = textOf(files, 'model_card.md')
    const [, front = ''] = card.split('---\n')
    const { accuracy, correct, count } = parts.version.evaluation!
    expect(parse(front)).toMatchObject({
      license: 'mit',
      pipeline_tag: 'image-classification',
      'model-index': [
        {
          results: [
            { metrics: [{ type: 'accuracy', value: accuracy }, { type: 'f1' }, { type: 'roc_auc' }] },
          ],
        },
      ],
      datasets: [],
    })
    expect(card).toContain(`${(100 * accuracy).toFixed(2)} % (${correct} of ${count})`)
    expect(card).toContain(`${sha256(files.get('model.onnx')!)}  model.onnx`)
    expect(card).not.toMatch(/undefined|NaN|null/)
  })
})
