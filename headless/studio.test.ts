import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Run } from '../src/domain/registry/records'

/** The real command in a process of its own, on a few built-in digits. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const RECIPE = [
  '--data',
  'built-in:600,200',
  '--set',
  'train.epochs=1',
  '--set',
  'train.batch_size=32',
  '--set',
  'train.preset=gap',
]
/** One epoch on a few digits would pass no gate. */
const LENIENT = Object.entries({
  min_accuracy: 0,
  min_precision: 0,
  min_recall: 0,
  min_f1_score: 0,
  max_loss: 50,
  min_per_class_accuracy: 0,
  max_inference_time_ms: 1000,
  min_confidence_threshold: 0,
}).flatMap(([key, value]) => ['--set', `release.${key}=${value}`])
const SMALL = [...RECIPE, ...LENIENT]

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(MLOPS_|MNIST_DIR|INIT_CWD)/.test(name))
  return { ...Object.fromEntries(kept), ...more }
}

function studio(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['scripts/studio.mjs', ...args],
      { cwd: ROOT, env: environment(more) },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['scripts/studio.mjs', ...args], { cwd: ROOT, env: environment({}) })
}

let out: string
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'studio-cli-'))
})
afterEach(() => rmSync(out, { recursive: true, force: true }))

function readJson(name: string) {
  return JSON.parse(readFileSync(join(out, name), 'utf8'))
}

/** All files under a folder with their digests: two listings that are equal are the same files. */
function listing(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Object.fromEntries(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name)
      return [file.slice(folder.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')]
    }),
  )
}

describe('studio pipeline', () => {
  it('prints one JSON object, progress on stderr, and leaves results that fit together', async () => {
    const { code, stdout, stderr } = await studio(['pipeline', ...SMALL, '--out', out, '--json'])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const report = JSON.parse(stdout)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(/Epoch 1 of 1: training loss/)
    expect(report).toMatchObject({
      dataset: { name: 'Built-in digits', train: 600, test: 200 },
      model: { preset: 'gap', parameters: 6070 },
      engine: 'wasm',
      epochs: 1,
      seed: 42,
      version: 'mnist-classifier/1',
      aliases: ['champion'],
      out,
    })
    for (const name of [
      'threads',
      'seconds',
      'imagesPerSecond',
      'trainLoss',
      'validationAccuracy',
      'testAccuracy',
    ])
      expect(report[name], name).toEqual(expect.any(Number))

    const weights = readFileSync(join(out, 'weights.bin'))
    expect(createHash('sha256').update(weights).digest('hex')).toBe(report.weightsSha256)
    expect(weights.length).toBe(readJson('model.json').total * 4)
    expect(readJson('run.json')).toMatchObject({
      id: report.runId,
      status: { state: 'completed', result: { weightsSha256: report.weightsSha256 } },
      dataset: { digest: report.dataset.digest },
    })
    expect(readJson('evaluation.json')).toMatchObject({
      count: 200,
      accuracy: report.testAccuracy,
      split: 'test',
    })
    expect(readJson('params.json').origins['train.epochs']).toEqual({ layer: 'set', name: 'train.epochs' })
    const shares = Object.values(readJson('baseline_distribution.json') as Record<string, number>)
    expect(shares).toHaveLength(10)
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12)
    expect(Object.keys(listing(out)).filter((file) => /checkpoint|\.new|lock/.test(file))).toEqual([])
  })

  it('gives the same weights for the same seed, others for another, and numbers versions', async () => {
    const reports = []
    for (const seed of ['7', '7', '8']) {
      const { stdout } = await studio([
        'pipeline',
        ...SMALL,
        '--set',
        `train.seed=${seed}`,
        '--out',
        out,
        '--json',
      ])
      reports.push(JSON.parse(stdout))
    }
    const [first, again, other] = reports
    expect(again.weightsSha256).toBe(first.weightsSha256)
    expect(other.weightsSha256).not.toBe(first.weightsSha256)
    expect(reports.map(({ version }) => version)).toEqual(
      [1, 1, 2].map((number) => `mnist-classifier/${number}`),
    )
    // The same again is used again; another model is compared with the champion.
    expect(again.stages).toEqual({
      preprocess: 'reused',
      train: 'reused',
      evaluate: 'reused',
      gate: 'reused',
      register: 'reused',
    })
    expect(other.champion.version).toBe('mnist-classifier/1')
    expect(other.aliases).toEqual(other.champion.verdict === 'worse' ? [] : ['champion'])
  })

  it('says the same for people without --json', async () => {
    const { code, stdout } = await studio(['pipeline', ...SMALL, '--out', out])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^testAccuracy +0\.\d+$/m)
    expect(stdout).toMatch(/^model +preset gap, parameters 6070$/m)
  })
})

describe('the stages one by one', () => {
  it('make what the pipeline makes', async () => {
    const whole = JSON.parse(
      (await studio(['pipeline', ...SMALL, '--out', join(out, 'whole'), '--json'])).stdout,
    )
    const settings = SMALL.slice(2)
    const steps = [
      await studio(['preprocess', ...SMALL, '--out', out, '--json']),
      await studio(['train', ...settings, '--out', out, '--json']),
      await studio(['evaluate', ...settings, '--out', out, '--json']),
    ]
    expect(steps.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ])
    const [prepared, trained, evaluated] = steps.map(({ stdout }) => JSON.parse(stdout))
    expect(prepared.dataset).toEqual(whole.dataset)
    for (const what of ['weightsSha256', 'testAccuracy', 'validationAccuracy'])
      expect([what, trained[what]]).toEqual([what, whole[what]])
    expect(evaluated).toMatchObject({ testAccuracy: whole.testAccuracy, testLoss: whole.testLoss })
    expect(readJson('run.json').status.state).toBe('completed')
  })

  it('puts what was measured through the release gate, beside the champion', async () => {
    const rejected = await studio(['pipeline', ...RECIPE, '--out', out, '--json'])
    expect(rejected.code).toBe(0)
    expect(JSON.parse(rejected.stdout)).toMatchObject({
      release: 'REJECT',
      version: null,
      aliases: [],
      stages: { train: 'ran', gate: 'ran', register: 'held' },
    })
    expect(readdirSync(out)).not.toContain('registry')
    const results = readJson('evaluation/evaluation_results.json')
    const decided = readJson('evaluation/release_assessment.json')
    expect(results).toMatchObject({ accuracy: readJson('evaluation.json').accuracy })
    expect(results.avg_inference_time_ms).toBeGreaterThan(0)
    expect(decided).toMatchObject({ total_checks: 8, all_checks_passed: false })
    const report = readFileSync(join(out, 'evaluation', 'classification_report.txt'), 'utf8')
    expect(report).toMatch(/weighted avg {7}[\d.]+ {6}[\d.]+ {6}[\d.]+ {7}200\n$/)

    const lowered = JSON.parse((await studio(['pipeline', ...SMALL, '--out', out, '--json'])).stdout)
    expect(lowered).toMatchObject({
      release: 'APPROVE',
      version: 'mnist-classifier/1',
      stages: { preprocess: 'reused', train: 'reused', evaluate: 'reused', gate: 'ran', register: 'ran' },
    })
    const { events } = readJson('registry/registry.json') as { events: { action: { kind: string } }[] }
    expect(events.map(({ action }) => action.kind)).toEqual([
      'version-registered',
      'release-decided',
      'stage-moved',
      'alias-moved',
      'stage-moved',
    ])

    const other = [...SMALL, '--set', 'train.seed=8', '--out', out, '--json']
    const second = JSON.parse((await studio(['pipeline', ...other])).stdout)
    expect(second).toMatchObject({ release: 'APPROVE', profile: 'custom', version: 'mnist-classifier/2' })
    expect(second.champion).toMatchObject({ version: 'mnist-classifier/1' })
    const worse = second.champion.verdict === 'worse'
    expect(second).toMatchObject({
      aliases: worse ? [] : ['champion'],
      stage: worse ? 'Staging' : 'Production',
    })

    const { code, stdout } = await studio(['evaluate', '--version', '1', ...other])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      model: { name: 'mnist-classifier', version: '1' },
      testAccuracy: results.accuracy,
      release: 'APPROVE',
    })

    const champion = JSON.parse((await studio(['evaluate', ...other])).stdout)
    expect(champion).toMatchObject({ model: { version: worse ? '1' : '2' }, release: 'APPROVE' })
  })

  it('evaluates nothing that was not trained, nor weights that were changed', async () => {
    const missing = await studio(['evaluate', '--out', out])
    expect(missing).toMatchObject({ code: 64, stdout: '' })
    expect(missing.stderr).toMatch(/training\.json could not be read.*Run train with the same --out first/)
    await studio(['train', ...SMALL, '--out', out])
    writeFileSync(join(out, 'weights.bin'), Buffer.alloc(24_280))
    const changed = await studio(['evaluate', ...SMALL, '--out', out])
    expect(changed.code).toBe(64)
    expect(changed.stderr).toMatch(/weights\.bin has digest [0-9a-f]{64}, but its training left/)
  })
})

/** All that a resume has to bring back: optimizer, schedule, moving average, early stopping and the best epoch's weights. */
const LONG = {
  epochs: 40,
  optimizer: 'adam',
  lr: 0.003,
  scheduler: 'plateau',
  plateau_patience: 1,
  ema_decay: 0.9,
  early_stopping_patience: 20,
  final_weights: 'best',
}

function settings(params: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(params).flatMap(([key, value]) => ['--set', `train.${key}=${String(value)}`])
}

describe('interruption', () => {
  it('ends with 75 and continues to the same weights as an uninterrupted run', async () => {
    const longer = [...SMALL, ...settings(LONG)]
    const training = start(['pipeline', ...longer, '--out', join(out, 'cut')])
    let stderr = ''
    await new Promise<void>((resolve) => {
      training.stderr?.on('data', (chunk: Buffer) => {
        stderr += chunk.toString()
        if (/Epoch 2 of 40: training loss/.test(stderr)) resolve()
      })
      training.once('exit', () => resolve())
    })
    training.kill('SIGINT')
    const code = await new Promise((resolve) => training.once('exit', resolve))
    expect({ code, stderr }).toMatchObject({
      code: 75,
      stderr: expect.stringMatching(/--resume continues from there/),
    })
    expect(readdirSync(join(out, 'cut'))).toEqual(['checkpoint'])

    const resumed = await studio(['pipeline', ...longer, '--resume', '--out', join(out, 'cut'), '--json'])
    const whole = await studio(['pipeline', ...longer, '--out', join(out, 'whole'), '--json'])
    expect(resumed.stderr).toMatch(/Continuing run [a-z-]+\d+ after epoch/)
    const [cut, uncut] = [resumed, whole].map(({ stdout }) => JSON.parse(stdout))
    for (const what of ['epochs', 'weightsEpoch', 'stoppedEarly', 'weightsSha256', 'testLoss'])
      expect([what, cut[what]]).toEqual([what, uncut[what]])
    const { epochs } = JSON.parse(readFileSync(join(out, 'cut', 'run.json'), 'utf8')) as Run
    const best = epochs.find(({ epoch }) => epoch === cut.weightsEpoch)
    expect(best?.weightsSha256).toBe(cut.weightsSha256)
    // The time before the interruption counts.
    expect(cut.seconds).toBeCloseTo(
      epochs.reduce((sum, { seconds }) => sum + seconds, 0),
      6,
    )
  })

  it('does not go on from what an older version kept, and says why', async () => {
    mkdirSync(join(out, 'checkpoint'))
    writeFileSync(
      join(out, 'checkpoint', 'checkpoint.json'),
      JSON.stringify({ format: 'mnist-studio-checkpoint-1', epoch: 1 }),
    )
    const { code, stderr } = await studio(['train', ...SMALL, '--resume', '--out', out])
    expect(code).toBe(64)
    expect(stderr).toMatch(
      /has the format mnist-studio-checkpoint-1, this version .* continues from mnist-studio-checkpoint-2\. Leave out --resume/,
    )
  })
})

/** Node options that let a process have no WebAssembly memory larger than this. */
function memoryFor(bytes: number): string {
  const script = `
    const whole = WebAssembly.Memory
    WebAssembly.Memory = class extends whole {
      constructor(descriptor) {
        if (descriptor.initial * 65536 > ${bytes}) throw new RangeError('could not allocate memory')
        super(descriptor)
      }
    }`
  return `--import=data:text/javascript,${encodeURIComponent(script)}`
}

describe('a machine with little memory', () => {
  it('is given a smaller batch, and told so', async () => {
    const { code, stdout, stderr } = await studio(['train', ...SMALL, '--out', out, '--json'], {
      NODE_OPTIONS: memoryFor(10_000_000),
    })
    const note = 'Batches of 16 images instead of 32: there is not enough memory for more.'
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(note) })
    expect(JSON.parse(stdout)).toMatchObject({ notes: [note] })
    expect(readJson('training.json').run).toMatchObject({ params: { batch_size: 16 }, notes: [note] })
  })

  it('is not asked for more than it has', async () => {
    const { code, stderr } = await studio(['train', ...SMALL, '--out', out], {
      NODE_OPTIONS: memoryFor(100_000),
    })
    expect(code).toBe(64)
    expect(stderr).toMatch(/gap at batch 8 needs \d+ MiB, which could not be had/)
  })
})

describe('parameters', () => {
  it.each([
    [['--set', 'train.epochs=-1'], 'train.epochs must be a whole number from 1 to 1000, found -1'],
    [['--set', 'train.lr=fast'], 'train.lr must be a number above 0 and at most 10, found "fast"'],
    [['--set', 'train.preset=rf5-13'], 'Did you mean rf5-13k?'],
    [['--set', 'train.epoch=3'], 'Did you mean train.epochs?'],
    [['--set', 'train.epochs'], 'section.key=value'],
    [['--set', 'train.engine=tfjs-webgl', '--data', 'built-in:600,200'], 'WebGL'],
    [['--params', '/nowhere/params.yaml'], '/nowhere/params.yaml could not be read as parameters'],
  ])('refuses %j with 64 and one clear message', async (options, message) => {
    const { code, stdout, stderr } = await studio(['pipeline', '--out', out, ...options])
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain(message)
    expect(readdirSync(out)).toEqual([])
  })

  it('names every fault at once, in --json as one object', async () => {
    const { code, stdout } = await studio([
      'train',
      '--json',
      '--set',
      'train.epochs=0',
      '--set',
      'train.batch_size=1.5',
      '--out',
      out,
    ])
    expect(code).toBe(64)
    const { error, exit } = JSON.parse(stdout) as { error: { code: string; message: string }; exit: number }
    expect(exit).toBe(64)
    expect(error).toMatchObject({ code: 'bad-params' })
    expect(error.message.split('\n')).toHaveLength(2)
  })

  it('takes a file, the environment over it, and --set over both; says which gave what', async () => {
    const file = join(out, 'my.yaml')
    writeFileSync(file, 'train:\n  epochs: 9\n  lr: 0.5\n  seed: 3\n')
    const { code, stderr, stdout } = await studio(
      ['pipeline', '--params', file, ...SMALL, '--out', out, '--json'],
      { MLOPS_TRAINING_EPOCHS: '5', MLOPS_TRAINING_LEARNING_RATE: '0.02', MLOPS_MODE: 'training' },
    )
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(JSON.parse(stdout)).toMatchObject({ epochs: 1, seed: 3 })
    expect(readJson('run.json').params).toMatchObject({ epochs: 1, lr: 0.02, seed: 3 })
    expect(readJson('params.json').origins).toMatchObject({
      'train.epochs': { layer: 'set' },
      'train.lr': { layer: 'environment', name: 'MLOPS_TRAINING_LEARNING_RATE' },
      'train.seed': { layer: 'params.yaml' },
      'train.momentum': { layer: 'default' },
    })
    expect(stderr).toContain('MLOPS_MODE (the environment) is not used by this studio.')
  })

  it('refuses a parameter file that is no YAML, or that hides an explosion', async () => {
    for (const [text, message] of [
      ['train: {epochs: 1', 'must be YAML'],
      ['a: &a [1]\ntrain:\n  epochs: *a\n', 'could not be read as parameters'],
    ] as const) {
      writeFileSync(join(out, 'bad.yaml'), text)
      const { code, stderr } = await studio(['train', '--params', join(out, 'bad.yaml'), '--out', out])
      expect({ code, stderr }).toMatchObject({ code: 64, stderr: expect.stringContaining(message) })
    }
  })
})

describe('bad files', () => {
  const count = 120
  const images = Buffer.concat([words(2051, count, 28, 28), Buffer.alloc(count * 784, 100)])
  const labels = Buffer.concat([
    words(2049, count),
    Buffer.from(Uint8Array.from({ length: count }, (_, i) => i % 10)),
  ])
  let kept: string
  let before: Record<string, string>

  beforeAll(async () => {
    kept = mkdtempSync(join(tmpdir(), 'studio-kept-'))
    const { code, stderr } = await studio(['pipeline', ...SMALL, '--out', kept])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    before = listing(kept)
  }, 120_000)
  afterAll(() => rmSync(kept, { recursive: true, force: true }))

  it.each([
    [
      'a truncated gzip',
      { 'train-images-idx3-ubyte.gz': gzipSync(images).subarray(0, 100) },
      /cut short or damaged/,
    ],
    [
      'one label too few',
      { 'train-labels-idx1-ubyte': shortened(labels) },
      /one label for each of the 120 images.*found 119/,
    ],
    ['images given as labels', { 'train-labels-idx1-ubyte': images }, /must hold labels .*found 120 images/],
    ['a file of zero bytes', { 't10k-labels-idx1-ubyte': Buffer.alloc(0) }, /found 0 bytes/],
    [
      'a header that claims 2 GB',
      { 'train-images-idx3-ubyte': Buffer.concat([words(2051, 2_739_137, 28, 28), images]) },
      /claims 2,739,137 images \(2\.1 GB\)/,
    ],
    [
      'a missing file',
      { 't10k-images-idx3-ubyte': null },
      /found no t10k-images-idx3-ubyte\.gz and no t10k-images-idx3-ubyte/,
    ],
  ] as const)('names %s, and what was there before is untouched', async (_what, spoilt, message) => {
    const files: Record<string, Buffer | null> = {
      'train-images-idx3-ubyte': images,
      'train-labels-idx1-ubyte': labels,
      't10k-images-idx3-ubyte': images,
      't10k-labels-idx1-ubyte': labels,
      ...spoilt,
    }
    const folder = join(out, 'digits')
    mkdirSync(folder)
    for (const [name, bytes] of Object.entries(files))
      if (bytes !== null) writeFileSync(join(folder, name), bytes)
    const { code, stdout, stderr } = await studio(['pipeline', '--out', kept], { MNIST_DIR: folder })
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toMatch(message)
    expect(listing(kept)).toEqual(before)
  })

  it('refuses a batch larger than the training split', async () => {
    const { code, stderr } = await studio(['train', '--data', 'built-in:100,50', '--out', kept])
    expect(code).toBe(64)
    expect(stderr).toMatch(/train\.batch_size must not exceed the 90 training images, found 128/)
    expect(listing(kept)).toEqual(before)
  })
})

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

function shortened(labels: Buffer): Buffer {
  const bytes = Buffer.from(labels.subarray(0, labels.length - 1))
  bytes.writeUInt32BE(119, 4)
  return bytes
}
