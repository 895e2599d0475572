/** Runs a benchmark in a worker of headless Chromium: bundles the worker, serves it with the studio's headers, asks it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright'
import type { BenchProgress, BenchReport } from '../src/domain/bench/report'
import type { BenchTask } from '../src/domain/bench/task'
import type { BenchCommand, BenchMessage } from '../src/protocol/bench'
import { PROTOCOL_VERSION } from '../src/protocol/version'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.wasm': 'application/wasm' }
/** What the page needs to share memory between threads, as the studio's own pages have it. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}
/** WebGPU and WebGL where there is no GPU, too: both are then computed by the processor, and the results say so. */
const CHROMIUM_FLAGS = ['--enable-unsafe-webgpu', '--enable-unsafe-swiftshader']

/**
 * Measures a task in Chromium. CHROMIUM_PATH names another one than the system's, CHROMIUM_FLAGS gives it more switches.
 * @throws Error when no Chromium can be started, or the whole task fails in it
 */
export function measureInChromium(
  task: BenchTask,
  onProgress: (progress: BenchProgress) => void,
): Promise<BenchReport> {
  return withChromium(join(ROOT, 'workers/bench.worker.ts'), (page) => askWorker(page, task, onProgress))
}

/** What the page's worker may ask this process, by path: POSTed JSON, answered with `{ ok, value }` or `{ ok, reason }`. */
export type Services = Map<string, (question: unknown) => Promise<unknown>>

/**
 * Opens an empty page beside a worker, which lies at `/worker.js`, and closes everything afterwards.
 * @param entry the worker's file
 */
export async function withChromium<Answer>(
  entry: string,
  act: (page: Page) => Promise<Answer>,
  services: Services = new Map(),
): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'studio-bench-'))
  try {
    await bundle(entry, folder)
    const server = await serve(folder, services)
    try {
      return await inChromium(server.port, act)
    } finally {
      server.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Gives the task to the page's worker and hears it to its end. */
export async function askWorker(
  page: Page,
  task: BenchTask,
  onProgress: (progress: BenchProgress) => void,
): Promise<BenchReport> {
  await page.exposeFunction('reportProgress', onProgress)
  const answer = await page.evaluate<BenchMessage>(question(task))
  if (answer.kind === 'measured') return answer.report
  const why = answer.kind === 'failed' ? answer.error.message : `it answered ${answer.kind}`
  throw new Error(`the benchmark failed in Chromium: ${why}`)
}

async function bundle(entry: string, folder: string): Promise<void> {
  const { build } = await import('vite')
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'chrome120',
      assetsInlineLimit: 0,
      modulePreload: false,
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rolldownOptions: { input: { worker: entry }, output: { entryFileNames: '[name].js' } },
    },
  })
}

async function serve(folder: string, services: Services): Promise<{ port: number; close: () => void }> {
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/') {
      response.writeHead(200, { ...ISOLATION, 'Content-Type': 'text/html' })
      response.end('<!doctype html><title>Benchmark</title>')
      return
    }
    const service = services.get(pathname)
    if (service !== undefined) {
      void answer(service, request).then((body) => {
        response.writeHead(200, { ...ISOLATION, 'Content-Type': 'application/json' })
        response.end(JSON.stringify(body))
      })
      return
    }
    readFile(join(folder, pathname)).then(
      (bytes) => {
        const type = TYPES[extname(pathname)] ?? 'application/octet-stream'
        response.writeHead(200, { ...ISOLATION, 'Content-Type': type })
        response.end(bytes)
      },
      () => response.writeHead(404, ISOLATION).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error('the benchmark server has no port; is the loopback network there?')
  return { port: address.port, close: () => server.close() }
}

/** A service that fails says so in its answer. */
async function answer(service: (question: unknown) => Promise<unknown>, request: IncomingMessage) {
  try {
    return { ok: true, value: await service(await json(request)) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

async function inChromium<Answer>(port: number, act: (page: Page) => Promise<Answer>): Promise<Answer> {
  const { chromium } = await import('playwright')
  const more = process.env['CHROMIUM_FLAGS']?.split(/\s+/).filter((flag) => flag !== '') ?? []
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...CHROMIUM_FLAGS, ...more],
  })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${port}/`)
    return await act(page)
  } finally {
    await browser.close()
  }
}

/** The question as the page's own script: this module's runtime has neither Worker nor a type for it. */
function question(task: BenchTask): string {
  const hello: BenchCommand = { kind: 'hello', protocol: PROTOCOL_VERSION }
  const command: BenchCommand = { kind: 'measure', task }
  return `new Promise((resolve) => {
    const worker = new Worker('/worker.js', { type: 'module' })
    worker.onmessage = ({ data }) => {
      if (data.kind === 'hello') worker.postMessage(${JSON.stringify(command)})
      else if (data.kind === 'progress') void reportProgress(data.progress)
      else resolve(data)
    }
    worker.onerror = ({ message }) => resolve({ kind: 'failed', error: { code: 'internal', message } })
    worker.postMessage(${JSON.stringify(hello)})
  })`
}
