/** Runs a test's worker in headless Chromium, with the software WebGPU that it has on every machine. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { build } from 'vite'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
}

/**
 * Bundles a worker, starts it in an empty page, gives it one message and takes one for an answer.
 *
 * @param entry the worker's module; it answers each message with one of its own
 * @throws Error when the worker fails
 */
export async function askChromium<Answer>(entry: URL, question: unknown): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'studio-chromium-'))
  try {
    await bundle(fileURLToPath(entry), folder)
    return await served(folder, (address) => ask<Answer>(address, question))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function bundle(worker: string, folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      outDir: folder,
      target: 'chrome120',
      minify: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rolldownOptions: { input: { worker }, output: { entryFileNames: '[name].js' } },
    },
  })
}

async function served<Result>(folder: string, act: (address: string) => Promise<Result>): Promise<Result> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const found = pathname === '/' ? Promise.resolve('<!doctype html>') : readFile(join(folder, pathname))
    found.then(
      (content) => {
        const type = TYPES[extname(pathname)] ?? 'text/html'
        response.writeHead(200, {
          'Content-Type': type,
          'Cross-Origin-Opener-Policy': 'same-origin',
          'Cross-Origin-Embedder-Policy': 'require-corp',
        })
        response.end(content)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the test server has no port')
  try {
    return await act(`http://127.0.0.1:${address.port}/`)
  } finally {
    server.close()
  }
}

async function ask<Answer>(address: string, question: unknown): Promise<Answer> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--enable-unsafe-webgpu'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(address)
    return await page.evaluate(
      (message) =>
        new Promise<Answer>((resolve, reject) => {
          const worker = new Worker('/worker.js', { type: 'module' })
          worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data)
          worker.onerror = (event) => reject(new Error(event.message))
          worker.postMessage(message)
        }),
      question,
    )
  } finally {
    await browser.close()
  }
}
