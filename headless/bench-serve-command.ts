import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { loadMarkdown, type LoadReport } from '../src/domain/bench/load'
import { driveLoad, type LoadPlan } from '../src/domain/bench/load-drive'
import type { LabelledImages } from '../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../src/domain/image/preprocess'
import { preprocessOf } from '../src/domain/params/preprocess'
import { readDigits } from './digits'
import { reasonOf } from './files'
import { loadClient } from './load-client'
import { done, EXIT, interrupted, type Result, usage } from './problem'
import type { ServeBenchOptions } from './serve-bench-options'
import type { Listening } from './serve-command'
import type { Job } from './stages'

export interface ServeBenchOutput {
  readonly report: LoadReport & {
    readonly url: string
    /** What answered. */
    readonly model: string
    readonly device: string
    readonly dataset: string
    /** Processes that wanted a processor over the last minute, before it began: an idle machine has none. */
    readonly loadBefore: number
  }
  readonly text: string
}

interface Target {
  readonly url: string
  readonly model: string
  readonly device: string
  stop(): Promise<void>
}

/** `bench serve`: real test digits, one by one, through real HTTP from another process than the server's. */
export async function benchServeCommand(
  job: Job,
  options: ServeBenchOptions,
): Promise<Result<ServeBenchOutput>> {
  const { line, resolved, mnistFolder, signal, progress } = job
  const loadBefore = loadavg()[0] ?? 0
  const source = line.data ?? { kind: 'mnist' }
  const preprocess = preprocessOf(resolved.params.mnist)
  const dataset = await readDigits({ source, mnistFolder, preprocess, signal, progress })
  if (!dataset.ok) return dataset
  const { record, test } = dataset.value
  const target = await (options.url === null ? startServer(job) : remoteServer(options.url))
  if (!target.ok) return target
  const { url, model, device } = target.value
  try {
    const report = await loadOn(url, test, options, job)
    if (report === null) return interrupted('The load test was stopped.')
    const { sequential, concurrent } = report
    if (sequential.latency === null || concurrent.latency === null)
      return {
        ok: false,
        problem: {
          exit: EXIT.failure,
          code: 'unreachable',
          message: `${url} answered none of ${sequential.requests + concurrent.requests} requests with a prediction. See what POST /predict says there.`,
        },
      }
    const about = `${record.name}’s test digits read by ${model} (${device}) at ${url}, load of the machine before: ${loadBefore.toFixed(2)}`
    return done({
      report: { url, model, device, dataset: record.name, loadBefore, ...report },
      text: loadMarkdown(report, about),
    })
  } finally {
    await target.value.stop()
  }
}

async function loadOn(
  url: string,
  test: LabelledImages,
  plan: LoadPlan,
  { signal, progress }: Job,
): Promise<LoadReport | null> {
  const count = Math.min(test.count, plan.requests)
  // Written beforehand: the caller's own work must not count as the server's.
  const bodies = Array.from({ length: count }, (_, index) =>
    Buffer.from(
      JSON.stringify({ image: [...test.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS)] }),
    ),
  )
  const client = loadClient(new URL('/predict', url), plan.concurrency)
  try {
    return await driveLoad(plan, {
      async send(index) {
        const body = bodies[index % count]
        if (body === undefined) throw new Error('there is no digit to send')
        const { prediction } = JSON.parse(await client.post(body)) as { readonly prediction: number }
        return prediction === test.labels[index % count]
      },
      now: () => performance.now(),
      onProgress(part, sent, total) {
        if (sent % 100 === 0) progress.show(`${part}: ${sent} of ${total}`)
      },
      stopped: () => signal.aborted,
    })
  } finally {
    client.close()
  }
}

/** Somebody's server, asked what it is. */
async function remoteServer(url: string): Promise<Result<Target>> {
  const stop = () => Promise.resolve()
  try {
    const response = await fetch(new URL('/model/info', url))
    // A server of the reference has no such address; it is measured all the same.
    if (!response.ok) return done({ url, model: 'its model', device: 'unknown', stop })
    const info = (await response.json()) as Readonly<Record<string, unknown>>
    return done({
      url,
      model: `${String(info['name'])}/${String(info['version'])}`,
      device: String(info['device']),
      stop,
    })
  } catch (error) {
    return usage('unreachable', `${url} does not answer (${reasonOf(error)}). Start it, or leave --url out.`)
  }
}

const STUDIO = fileURLToPath(new URL('../scripts/studio.mjs', import.meta.url))

/** `studio serve` as a process of its own, on a free port. */
async function startServer({ line, signal }: Job): Promise<Result<Target>> {
  const which = [
    ...(line.bundle === null ? ['--out', line.out] : ['--bundle', line.bundle]),
    ...(line.version === null ? [] : ['--version', line.version]),
    ...(line.paramsFile === null ? [] : ['--params', line.paramsFile]),
    ...line.settings.flatMap((setting) => ['--set', setting]),
  ]
  const args = [STUDIO, 'serve', '--host', '127.0.0.1', '--port', '0', '--json', ...which]
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(server, 'exit')
  async function stop(): Promise<void> {
    if (server.exitCode === null && server.signalCode === null) server.kill('SIGTERM')
    await ended
  }
  let first: string
  try {
    first = await firstLine(server.stdout, signal)
  } catch (error) {
    await stop()
    if (signal.aborted) return interrupted('The load test was stopped.')
    throw error
  }
  const said = JSON.parse(first) as Listening | { readonly error: { code: string; message: string } }
  if ('error' in said) {
    await stop()
    return usage(said.error.code, said.error.message)
  }
  return done({ url: said.url, model: `${said.model}/${said.version}`, device: said.device, stop })
}

async function firstLine(stream: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  let text = ''
  const stopped = once(signal, 'abort').then(() => {
    throw new Error('stopped')
  })
  const line = (async () => {
    for await (const chunk of stream) {
      text += String(chunk)
      const end = text.indexOf('\n')
      if (end >= 0) return text.slice(0, end)
    }
    throw new Error('the server ended without a word')
  })()
  return Promise.race([line, stopped])
}
