import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../src/domain/image/preprocess'
import { packing, smallParts } from '../workers/bundle/bundle.testing'
import { packBundle } from '../workers/bundle/pack'
import { createPredictor } from '../workers/engine/create'
import { nodeEngineHost } from './host'

/** The real command in a process of its own. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'studio-serve-'))
const bundleFile = join(folder, 'small.mnistbundle')
const running: ChildProcess[] = []

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(MLOPS_|MNIST_DIR|INIT_CWD)/.test(name))
  return Object.fromEntries(kept)
}

function studio(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['scripts/studio.mjs', ...args],
      { cwd: ROOT, env: environment() },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

/** A server that listens, what it said, and what it wrote. */
async function serving(...args: string[]) {
  const child = spawn(
    process.execPath,
    ['scripts/studio.mjs', 'serve', '--host', '127.0.0.1', '--port', '0', '--json', ...args],
    { cwd: ROOT, env: environment() },
  )
  running.push(child)
  const lines: string[] = []
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const out = createInterface({ input: child.stdout })
  out.on('line', (line) => lines.push(line))
  await Promise.race([once(out, 'line'), once(child, 'exit')])
  return {
    child,
    lines,
    said: JSON.parse(lines[0] ?? `{"stderr":${JSON.stringify(stderr)}}`) as Record<string, string>,
    stderr: () => stderr,
  }
}

beforeAll(async () => {
  const { version } = await smallParts()
  const { network } = version
  if (network.kind !== 'spec') throw new Error('the small version has a network of its own')
  const { weights } = await smallParts()
  const floats = new Float32Array(weights.slice().buffer)
  const choice = { threads: 1, convolution: 'auto', like: null } as const
  const predictor = await createPredictor(network.spec, floats, MNIST_PREPROCESS, nodeEngineHost(), choice)
  const parts = await smallParts(network.spec, (images) => predictor.predict(images))
  writeFileSync(bundleFile, await packBundle(parts, packing))
})
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const IMAGE = Array.from({ length: 784 }, (_, at) => (at > 300 && at < 500 ? 255 : 0))

function post(url: string, body: unknown) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

describe('studio serve', () => {
  it('serves a bundle, says one JSON object when it listens, logs requests, and stops when it is told to', async () => {
    const { child, lines, said, stderr } = await serving('--bundle', bundleFile)
    expect(said).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      model: 'mnist-classifier',
      weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      pid: child.pid,
    })
    const url = said['url'] ?? ''
    const answer = await post(`${url}/predict`, { image: IMAGE })
    expect(answer.status).toBe(200)
    const { prediction, probabilities } = (await answer.json()) as {
      prediction: number
      probabilities: number[]
    }
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(prediction)
    const info = (await (await fetch(`${url}/model/info`)).json()) as Record<string, unknown>
    expect(info['weights_sha256']).toBe(said['weightsSha256'])

    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
    expect(lines).toHaveLength(1)
    // Lines come a few times a second: another one of the command may stand between.
    expect(stderr()).toMatch(/POST \/predict 200 \d+\.\d\d ms\n[^]*GET \/model\/info 200/)
    await expect(fetch(`${url}/health`)).rejects.toThrow()
  })

  it('serves the champion of a results folder, and nothing where there is none', async () => {
    const missing = await studio('serve', '--out', join(folder, 'empty'), '--json')
    expect(missing.code).toBe(64)
    expect(JSON.parse(missing.stdout)).toMatchObject({
      error: { code: 'not-found', message: expect.stringContaining('has no champion') as string },
    })
    const out = join(folder, 'out')
    const gate = ['min_accuracy=0', 'min_precision=0', 'min_recall=0', 'min_f1_score=0', 'max_loss=50']
    const lenient = [...gate, 'min_per_class_accuracy=0', 'min_confidence_threshold=0']
    const settings = ['train.epochs=1', 'train.preset=gap', ...lenient.map((rule) => `release.${rule}`)]
    const small = ['--data', 'built-in:600,200', ...settings.flatMap((text) => ['--set', text])]
    const made = await studio('pipeline', ...small, '--out', out, '--json')
    expect(made.code).toBe(0)
    const { said } = await serving('--out', out)
    expect(said).toMatchObject({ model: 'mnist-classifier', version: '1', parameters: 6070 })
    const metrics = await (await fetch(`${said['url']}/metrics`)).text()
    expect(metrics).toContain('mnist_model_info{version="1",alias="champion",params="6070"} 1\n')
  })

  it('refuses a bundle of which one bit was turned, and serves nothing', async () => {
    const bytes = Buffer.from(await packBundle(await smallParts(), packing))
    const at = bytes.length >> 1
    bytes[at] = (bytes[at] ?? 0) ^ 1
    const file = join(folder, 'turned.mnistbundle')
    writeFileSync(file, bytes)
    const { code, stdout } = await studio('serve', '--bundle', file, '--port', '0', '--json')
    expect(code).toBe(64)
    expect(JSON.parse(stdout)).toMatchObject({ error: { message: expect.stringContaining(file) as string } })
  })

  it('refuses a bundle whose model answers otherwise than where it was made', async () => {
    const file = join(folder, 'other.mnistbundle')
    writeFileSync(file, await packBundle(await smallParts(), packing))
    const { code, stdout } = await studio('serve', '--bundle', file, '--port', '0', '--json')
    expect(code).toBe(64)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'digest-mismatch' } })
  })
})

describe('studio bench serve', () => {
  it('starts a server of its own, asks it one by one and many at once, and ends it', async () => {
    const { code, stdout, stderr } = await studio(
      'bench',
      'serve',
      '--bundle',
      bundleFile,
      '--data',
      'built-in:600,200',
      '--requests',
      '60',
      '--concurrency',
      '4',
      '--json',
    )
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const report = JSON.parse(stdout) as {
      url: string
      warmUp: number
      sequential: { requests: number; errors: number; latency: { p50: number; p99: number } }
      concurrent: { concurrency: number; errors: number; perSecond: number; accuracy: number }
    }
    expect(report).toMatchObject({
      warmUp: 10,
      sequential: { requests: 60, errors: 0 },
      concurrent: { requests: 60, concurrency: 4, errors: 0 },
    })
    expect(report.sequential.latency.p50).toBeGreaterThan(0)
    expect(report.sequential.latency.p99).toBeGreaterThanOrEqual(report.sequential.latency.p50)
    expect(report.concurrent.perSecond).toBeGreaterThan(0)
    await expect(fetch(`${report.url}/health`)).rejects.toThrow()
  })

  it('says what is wrong where nobody answers', async () => {
    const asked = ['--url', 'http://127.0.0.1:9', '--data', 'built-in:600,200', '--json']
    const { code, stdout } = await studio('bench', 'serve', ...asked)
    expect(code).toBe(64)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'unreachable' } })
  })
})
