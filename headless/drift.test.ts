import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { generateDigits } from '../workers/ingest/built-in/generate'

/** The real command in a process of its own. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MNIST_DIR = process.env['MNIST_DIR']
/** Images of each class in MNIST's training split, as shares. */
const MNIST_BASELINE = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949].map(
  (count) => count / 60_000,
)

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function drift(...args: string[]): Promise<Ended> {
  return studio('drift', '--out', out, ...args)
}

function studio(...args: string[]): Promise<Ended> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(MLOPS_|MNIST_DIR|INIT_CWD)/.test(name))
  const options = { cwd: ROOT, env: Object.fromEntries(kept) }
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/studio.mjs', ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

let out: string
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'studio-drift-'))
})
afterEach(() => rmSync(out, { recursive: true, force: true }))

function writeBaseline(shares: readonly number[]): void {
  const text = JSON.stringify(Object.fromEntries(shares.map((share, label) => [label, share])))
  writeFileSync(join(out, 'baseline_distribution.json'), text)
}

/** Built-in digits as a pair of IDX files, upright or as paper and ink swapped. */
function writeDigits(folder: string, invert: boolean, count = 600): string {
  const digits = generateDigits(9, count)
  mkdirSync(folder, { recursive: true })
  const images = Buffer.alloc(16 + digits.images.length)
  for (const [at, word] of [2051, count, 28, 28].entries()) images.writeUInt32BE(word, 4 * at)
  for (const [at, byte] of digits.images.entries()) images[16 + at] = invert ? 255 - byte : byte
  const labels = Buffer.alloc(8 + count)
  for (const [at, word] of [2049, count].entries()) labels.writeUInt32BE(word, 4 * at)
  labels.set(digits.labels, 8)
  writeFileSync(join(folder, 'new-images-idx3-ubyte'), images)
  writeFileSync(join(folder, 'new-labels-idx1-ubyte'), labels)
  return join(folder, 'new-images-idx3-ubyte')
}

function outputs(): { report: Record<string, unknown>; alert: string | null } {
  const alert = join(out, 'drift_alert.txt')
  return {
    report: JSON.parse(readFileSync(join(out, 'drift_report.json'), 'utf8')),
    alert: existsSync(alert) ? readFileSync(alert, 'utf8') : null,
  }
}

it.skipIf(!MNIST_DIR)(
  'without a model: the reference pipeline’s published index for MNIST (needs MNIST_DIR)',
  async () => {
    writeBaseline(MNIST_BASELINE)
    const { code, stdout } = await drift('--new-data', MNIST_DIR!)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ psi: 0.00034101933356092787 })
    expect(stdout).toContain('"psi":0.00034101933356092787')
    expect(outputs()).toMatchObject({ alert: null, report: { psi: 0.00034101933356092787 } })
  },
)

it('without a model: alerts from the threshold on, exit code 0, and takes an old alert back', async () => {
  writeBaseline([0.91, ...Array.from({ length: 9 }, () => 0.01)])
  const images = writeDigits(join(out, 'new'), false)
  const alerted = await drift('--new-data', images, '--json')
  expect(alerted.code).toBe(0)
  const { report, alert } = outputs()
  expect(alert).toBe(`PSI=${String(report['psi'])}`)
  expect(JSON.parse(alerted.stdout)).toMatchObject({ psi: report['psi'], alert, threshold: 0.2 })
  const calm = await drift('--new-data', images, '--set', 'drift.psi_threshold=10')
  expect(calm.code).toBe(0)
  expect(outputs().alert).toBeNull()
})

it('against the champion: stable on digits like its own, drift on inverted ones', async () => {
  // Two epochs on few digits would pass no gate, and what it rejects is not registered.
  const gate = ['min_accuracy=0', 'min_precision=0', 'min_recall=0', 'min_f1_score=0', 'max_loss=50']
  const lenient = [...gate, 'min_per_class_accuracy=0', 'min_confidence_threshold=0']
  const settings = ['train.epochs=2', 'train.preset=gap', ...lenient.map((rule) => `release.${rule}`)]
  const training = ['--data', 'built-in:3000,1500', ...settings.flatMap((text) => ['--set', text])]
  expect((await studio('pipeline', '--out', out, ...training)).code).toBe(0)
  const same = await drift('--new-data', join(writeDigits(join(out, 'same'), false), '..'), '--json')
  expect(same.code).toBe(0)
  expect(JSON.parse(same.stdout)).toMatchObject({
    version: 'mnist-classifier/1',
    count: 600,
    verdict: 'stable',
    alert: null,
    signals: [{ signal: 'label' }, { signal: 'prediction' }, { signal: 'margin' }],
  })
  const inverted = await drift('--new-data', writeDigits(join(out, 'inverted'), true))
  expect(inverted).toMatchObject({ code: 0 })
  expect(inverted.stdout).toContain('Drift: The images differ from the baseline')
  expect(inverted.stdout).toContain('ALERT: Drift detected')
  expect(outputs()).toMatchObject({ report: { verdict: 'drift' }, alert: expect.stringMatching(/^PSI=\d/) })
}, 240_000)

it('says what is missing or wrong, with the exit code of bad input', async () => {
  const nothing = await drift('--json')
  expect(nothing.code).toBe(64)
  expect(nothing.stderr).toContain('--new-data')
  const images = writeDigits(join(out, 'new'), false, 20)
  const noBaseline = await drift('--new-data', images, '--json')
  expect(noBaseline.code).toBe(64)
  expect(JSON.parse(noBaseline.stdout)).toMatchObject({ error: { code: 'not-found' }, exit: 64 })
  const noFile = await drift('--new-data', join(out, 'nowhere'))
  expect(noFile.code).toBe(64)
  writeFileSync(join(out, 'baseline_distribution.json'), '{"0": "much"}')
  const damaged = await drift('--new-data', images)
  expect(damaged.code).toBe(64)
  expect(damaged.stderr).toContain('must hold a share in 0…1 for each label')
  writeBaseline(MNIST_BASELINE)
  rmSync(join(out, 'new', 'new-labels-idx1-ubyte'))
  expect((await drift('--new-data', images)).stderr).toContain('only labels can be compared')
})
