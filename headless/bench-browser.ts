/** Runs a benchmark task in a worker of headless Chromium: bundles the worker, serves it with the studio's headers, asks it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchAnswer, BenchResult, BenchTask } from '../workers/engine/bench'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.wasm': 'application/wasm' }
/** What the page needs to share memory between threads, as the studio's own pages have it. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/**
 * Measures a task in Chromium.
 * @throws Error when no Chromium can be started, or the task fails in it
 */
export async function measureInBrowser(task: BenchTask): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'studio-bench-'))
  try {
    await bundle(folder)
    const server = await serve(folder)
    try {
      return await askChromium(task, server.port)
    } finally {
      server.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function bundle(folder: string): Promise<void> {
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
      rolldownOptions: {
        input: { worker: join(ROOT, 'workers/bench.worker.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
  })
}

async function serve(folder: string): Promise<{ port: number; close: () => void }> {
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/') {
      response.writeHead(200, { ...ISOLATION, 'Content-Type': 'text/html' })
      response.end('<!doctype html><title>Benchmark</title>')
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

async function askChromium(task: BenchTask, port: number): Promise<BenchResult> {
  const { chromium } = await import('playwright')
  const executable = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  const browser = await chromium.launch({
    executablePath: executable,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${port}/`)
    const answer = await page.evaluate<BenchAnswer>(question(task))
    if (answer.kind === 'failed') throw new Error(`the benchmark failed in Chromium: ${answer.message}`)
    return answer.result
  } finally {
    await browser.close()
  }
}

/** The question as the page's own script: this module's runtime has neither Worker nor a type for it. */
function question(task: BenchTask): string {
  return `new Promise((resolve) => {
    const worker = new Worker('/worker.js', { type: 'module' })
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => resolve({ kind: 'failed', message })
    worker.postMessage(${JSON.stringify(task)})
  })`
}
