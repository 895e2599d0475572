import { execFile, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

/** The real command in a process of its own, on a few built-in digits. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LENIENT = [
  'min_accuracy=0',
  'min_precision=0',
  'min_recall=0',
  'min_f1_score=0',
  'max_loss=50',
  'min_per_class_accuracy=0',
  'max_inference_time_ms=1000',
  'min_confidence_threshold=0',
].flatMap((rule) => ['--set', `release.${rule}`])
const DATA = ['--data', 'built-in:600,200']
const RECIPE = ['train.epochs=3', 'train.batch_size=32', 'train.preset=gap', 'train.optimizer=adam']

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(MLOPS_|MNIST_DIR|INIT_CWD)/.test(name))
  return Object.fromEntries(kept)
}

function studio(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['scripts/studio.mjs', ...args],
      { cwd: ROOT, env: environment() },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

let champion: string
let out: string

beforeAll(async () => {
  champion = mkdtempSync(join(tmpdir(), 'studio-champion-'))
  const settings = RECIPE.flatMap((text) => ['--set', text])
  const made = await studio('pipeline', ...DATA, ...settings, ...LENIENT, '--out', champion)
  expect({ code: made.code, stderr: made.stderr }).toMatchObject({ code: 0 })
}, 120_000)
afterAll(() => rmSync(champion, { recursive: true, force: true }))
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'studio-retrain-'))
  cpSync(champion, out, { recursive: true })
})
afterEach(() => rmSync(out, { recursive: true, force: true }))

function readJson(name: string) {
  return JSON.parse(readFileSync(join(out, name), 'utf8'))
}

function feedbackFile(labels: readonly number[]): string {
  const items = labels.map((label) => ({
    label,
    pixels: Array.from({ length: 784 }, (_, index) => (index % 28 === 10 + (label % 5) ? 255 : 0)),
  }))
  const file = join(out, 'feedback.json')
  writeFileSync(file, JSON.stringify({ format: 'mnist-studio-feedback-1', count: items.length, items }))
  return file
}

function retrain(...more: readonly string[]): Promise<Ended> {
  return studio('retrain', ...DATA, '--out', out, '--json', ...more)
}

describe('studio retrain', () => {
  it('adds named digits, trains the champion’s recipe, and promotes what the gate lets pass', async () => {
    const file = feedbackFile([4, 4, 9, 1])
    const bundle = join(out, 'next.zip')
    const longer = ['--set', 'train.epochs=8', '--set', 'train.lr=0.003']
    const { code, stdout, stderr } = await retrain(
      '--feedback',
      file,
      ...LENIENT,
      ...longer,
      '--bundle',
      bundle,
    )
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({
      dataset: { train: 604, test: 200 },
      model: { preset: 'gap' },
      namedDigits: 4,
      release: 'APPROVE',
      champion: { version: 'mnist-classifier/1' },
      decision: 'promoted',
      parent: 'mnist-classifier/1',
      version: 'mnist-classifier/2',
      aliases: ['champion'],
      stage: 'Production',
    })
    const registry = readJson('registry/registry.json')
    expect(registry.aliases).toEqual([
      { model: 'mnist-classifier', alias: 'champion', versionId: 'mnist-classifier/2' },
    ])
    expect(registry.versions[1]).toMatchObject({
      parent: 'mnist-classifier/1',
      weightsSha256: report.weightsSha256,
    })
    // Optimizer and batch are the champion's, from its run; what --set names goes over them.
    expect(readJson('run.json').params).toMatchObject({
      optimizer: 'adam',
      batch_size: 32,
      epochs: 8,
      lr: 0.003,
    })
    expect(readJson('dataset/dataset.json')).toMatchObject({
      source: { kind: 'feedback', digits: 4 },
      derivedFrom: { how: '4 digits named by hand added to the training split' },
    })
    expect(existsSync(bundle)).toBe(true)
  })

  it('discards what the gate rejects, and leaves the champion and its files as they were', async () => {
    const before = readFileSync(join(out, 'registry', 'registry.json'), 'utf8')
    const weights = readFileSync(join(out, 'weights.bin'))
    const { code, stdout, stderr } = await retrain()
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ release: 'REJECT', decision: 'discarded', version: null, seed: 43 })
    expect(report.reason).toMatch(/^Rejected by the release gate: \d of 8 checks fail/)
    expect(stderr).toMatch(/No digits to add: the recipe is trained once more/)
    expect(readFileSync(join(out, 'registry', 'registry.json'), 'utf8')).toBe(before)
    expect(readFileSync(join(out, 'weights.bin')).equals(weights)).toBe(true)
    expect(readJson('retraining.json')).toEqual(report)
  })

  it('discards a model that is measurably worse, however lenient the thresholds', async () => {
    const { code, stdout } = await retrain(
      ...LENIENT,
      '--set',
      'train.lr=0.000001',
      '--set',
      'train.epochs=1',
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      release: 'APPROVE',
      champion: { verdict: 'worse' },
      decision: 'discarded',
      version: null,
      reason: expect.stringMatching(/^Worse than mnist-classifier\/1: /) as string,
    })
    expect(readJson('registry/registry.json').versions).toHaveLength(1)
  })

  it('can be interrupted, and goes on to the same decision', async () => {
    const file = feedbackFile([7])
    const long = ['--feedback', file, ...LENIENT, '--set', 'train.epochs=40']
    const child = spawn(process.execPath, ['scripts/studio.mjs', 'retrain', ...DATA, '--out', out, ...long], {
      cwd: ROOT,
      env: environment(),
    })
    let stderr = ''
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString()
        if (/Epoch 2 of 40: training loss/.test(stderr)) resolve()
      })
      child.once('exit', () => resolve())
    })
    child.kill('SIGINT')
    const code = await new Promise((resolve) => child.once('exit', resolve))
    expect({ code, stderr }).toMatchObject({ code: 75 })
    expect(readJson('registry/registry.json').versions).toHaveLength(1)
    const resumed = await retrain(...long, '--resume')
    expect(resumed.stderr).toMatch(/Continuing run [a-z-]+\d+ after epoch/)
    expect(JSON.parse(resumed.stdout)).toMatchObject({ epochs: 40, parent: 'mnist-classifier/1' })
  })

  it.each([
    [
      'no champion',
      ['--out', join(tmpdir(), 'studio-nothing-here')],
      /has no champion of mnist-classifier to retrain/,
    ],
    [
      'both kinds of new digits',
      ['--feedback', 'a.json', '--new-data', 'b'],
      /--feedback or --new-data, found both/,
    ],
    ['a feedback file that is not there', ['--feedback', '/nowhere.json'], /could not be read as feedback/],
  ])('refuses %s with 64', async (_what, options, message) => {
    const before = readFileSync(join(out, 'registry', 'registry.json'), 'utf8')
    const { code, stdout } = await retrain(...options)
    expect(code).toBe(64)
    expect(JSON.parse(stdout).error.message).toMatch(message)
    expect(readFileSync(join(out, 'registry', 'registry.json'), 'utf8')).toBe(before)
  })

  it('refuses feedback that is not what the studio exports, naming the place', async () => {
    for (const [text, message] of [
      ['{"format":"mnist-studio-feedback-1","items":[{"label":12,"pixels":[]}]}', /At items\.0\.label/],
      ['{"format":"other","items":[]}', /At format/],
      ['{"format":"mnist-studio-feedback-1","items":[]}', /at least one named digit, found none/],
      ['{', /could not be read as feedback/],
    ] as const) {
      const file = join(out, 'bad.json')
      writeFileSync(file, text)
      const { code, stdout } = await retrain('--feedback', file)
      expect(code).toBe(64)
      expect(JSON.parse(stdout).error.message).toMatch(message)
    }
  })
})
