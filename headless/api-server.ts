import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MAX_BODY } from '../src/domain/serving/limits'
import { tooLarge } from '../workers/serving/body'
import { handleRequest } from '../workers/serving/handle'
import type { ApiResponse } from '../workers/serving/http'
import type { InferenceService } from '../workers/serving/service'

export interface ApiServerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** A request must have arrived by then. */
  readonly timeoutSeconds: number
  /** Told of every answer. */
  readonly onAnswer: (entry: RequestEntry) => void
}

export interface RequestEntry {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly milliseconds: number
}

export interface ApiServer {
  /** `http://host:port` */
  readonly url: string
  /** Takes no more requests, answers those under way, and ends. */
  stop(): Promise<void>
}

/** Answers the inference API over HTTP, connections kept open between requests. @throws when the port cannot be had */
export async function startApiServer(
  service: InferenceService,
  options: ApiServerOptions,
): Promise<ApiServer> {
  const server = createServer((request, response) => {
    // A caller who went away leaves nothing to answer.
    answer(request, response, service, options.onAnswer).catch(() => response.destroy())
  })
  server.requestTimeout = options.timeoutSeconds * 1000
  server.headersTimeout = options.timeoutSeconds * 1000
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  })
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  const shown = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${shown === '0.0.0.0' || shown === '[::]' ? 'localhost' : shown}:${port}`,
    stop: () => close(server),
  }
}

function listen(server: Server, { host, port }: ApiServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  service: InferenceService,
  onAnswer: ApiServerOptions['onAnswer'],
): Promise<void> {
  const startedAt = service.now()
  const { method = 'GET', url = '/', headers } = request
  const path = pathOf(url)
  const body = await readBody(request)
  const answered =
    body === null
      ? refuseBody(service, startedAt)
      : await handleRequest({ method, path, headers: singleHeaders(headers), body }, service)
  send(response, answered, body === null)
  onAnswer({ method, path, status: answered.status, milliseconds: service.now() - startedAt })
}

function refuseBody({ traffic, now }: InferenceService, startedAt: number): ApiResponse {
  const { answer: refused } = tooLarge(null, MAX_BODY)
  traffic.countRequest('other', refused.status, (now() - startedAt) / 1000)
  return refused
}

/** @param ending the rest of the body is not read, so the connection is of no further use */
function send(response: ServerResponse, { status, headers, body }: ApiResponse, ending: boolean): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    ...headers,
    'Content-Length': bytes.length,
    ...(ending ? { Connection: 'close' } : {}),
  })
  response.end(bytes)
}

/** The whole body, or null as soon as it is known to be too large. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) return null
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY) return null
    chunks.push(chunk)
  }
  const [only] = chunks
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
}

/** Without query and host; what is no path stays as it is and is answered with 404. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

function singleHeaders(headers: IncomingMessage['headers']): Readonly<Record<string, string | undefined>> {
  const { 'content-type': type } = headers
  return { 'content-type': type }
}
