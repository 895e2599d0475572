import { APP_VERSION } from './app-version'
import { NO_GAUGES } from '../workers/serving/gauges'
import type { InferenceService, ServedModel } from '../workers/serving/service'
import { createTraffic } from '../workers/serving/traffic'
import { type ApiServer, type RequestEntry, startApiServer } from './api-server'
import type { CommandLine } from './command-line'
import { reasonOf } from './files'
import type { ResolvedParams } from './params'
import { done, type Result, usage } from './problem'
import type { Progress } from './progress'
import { openBundleFile, openRegistered } from './served-model'

/** What `serve` says once it listens. */
export interface Listening {
  readonly url: string
  readonly model: string
  readonly version: string
  readonly parameters: number
  readonly weightsSha256: string
  readonly device: string
  readonly docs: string
  readonly pid: number
}

interface ServeJob {
  readonly line: CommandLine
  readonly params: ResolvedParams['params']
  readonly signal: AbortSignal
  readonly progress: Progress
  /** Called once, when requests are answered. */
  readonly onListening: (listening: Listening) => void
}

/** Serves a bundle, or the champion of --out, until it is told to stop. */
export async function serveCommand({
  line,
  params,
  signal,
  progress,
  onListening,
}: ServeJob): Promise<Result<null>> {
  const model = await (line.bundle === null
    ? openRegistered(line.out, params.mlflow.registered_model_name, line.version)
    : openBundleFile(line.bundle))
  if (!model.ok) return model
  const log = requestLog((text) => process.stderr.write(text))
  const host = line.host ?? params.api.host
  const port = line.port ?? params.api.port
  let server: ApiServer
  try {
    server = await startApiServer(serviceOf(model.value), {
      host,
      port,
      timeoutSeconds: params.api.timeout,
      onAnswer: (entry) => log.add(entry),
    })
  } catch (error) {
    log.end()
    return usage(
      'busy',
      `The server could not listen on ${host}:${port} (${reasonOf(error)}). Choose another --port or --host.`,
    )
  }
  const { name, version, parameters, weightsSha256, device } = model.value
  const { url } = server
  onListening({
    url,
    model: name,
    version,
    parameters,
    weightsSha256,
    device,
    docs: `${url}/docs`,
    pid: process.pid,
  })
  await aborted(signal)
  await server.stop()
  log.end()
  progress.say('Stopped; every request that had come was answered.')
  return done(null)
}

function serviceOf(model: ServedModel): InferenceService {
  return {
    host: 'node',
    appVersion: APP_VERSION,
    models: [model],
    missing: 'No model is loaded.',
    now: () => performance.now(),
    traffic: createTraffic(),
    gauges: () => Promise.resolve(NO_GAUGES),
    onAnswer: () => {},
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

const LOG_PAUSE_MS = 250

/** A line a request, written a few times a second: a write for each would cost as much as the answer. */
function requestLog(write: (text: string) => void) {
  let lines: string[] = []
  function flush(): void {
    if (lines.length === 0) return
    write(lines.join(''))
    lines = []
  }
  const timer = setInterval(flush, LOG_PAUSE_MS)
  return {
    add({ method, path, status, milliseconds }: RequestEntry): void {
      const time = new Date().toISOString()
      lines.push(`${time} ${method} ${printable(path)} ${status} ${milliseconds.toFixed(2)} ms\n`)
    },
    end(): void {
      clearInterval(timer)
      flush()
    },
  }
}

/** A foreign path must not write lines of its own. */
function printable(path: string): string {
  return path.slice(0, 200).replaceAll(/[^\x21-\x7e]/g, '?')
}
