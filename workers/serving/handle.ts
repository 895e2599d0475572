import { type MatchedRoute, routeOf } from '../../src/domain/serving/routes'
import { health, metrics, modelInfo, root } from './about'
import { quoted } from './body'
import type { Call } from './call'
import { docsPage, docsStyle, openApiDocument } from './docs'
import { invocations, predictInstances } from './foreign'
import {
  type ApiRequest,
  type ApiResponse,
  jsonAnswer,
  type Read,
  read,
  refusal,
  refuse,
  textAnswer,
} from './http'
import { infer, modelMetadata, serverMetadata } from './open-inference'
import { predict, predictBatch } from './predict'
import type { InferenceService, ServedModel } from './service'

/** Answers one request. Whatever is asked is answered; a fault of our own is a 500 and thrown nowhere. */
export async function handleRequest(request: ApiRequest, service: InferenceService): Promise<ApiResponse> {
  const startedAt = service.now()
  const match = routeOf(request.path)
  const found = match?.route.nodeOnly === true && service.host !== 'node' ? null : match
  const answer = await guarded(request, found, service, startedAt)
  // Paths that nobody answers are one label: whoever asks for thousands of them makes no thousand counters.
  const path = found?.route.path ?? 'other'
  service.traffic.countRequest(path, answer.status, (service.now() - startedAt) / 1000)
  return request.method === 'HEAD' ? { ...answer, body: '' } : answer
}

/** The routes that need no model, for a host that has no service at hand; null for all others. */
export function staticAnswer({ method, path }: Pick<ApiRequest, 'method' | 'path'>): ApiResponse | null {
  const id = routeOf(path)?.route.id
  if (method !== 'GET' && method !== 'HEAD') return null
  if (id === 'docs') return docsPage()
  if (id === 'docs-style') return docsStyle()
  return id === 'openapi' ? openApiDocument() : null
}

async function guarded(
  request: ApiRequest,
  match: MatchedRoute | null,
  service: InferenceService,
  startedAt: number,
): Promise<ApiResponse> {
  if (match === null)
    return refusal(404, `Nothing answers at ${quoted(request.path)}: GET /docs lists the addresses`)
  const { method } = match.route
  const asked = request.method === 'HEAD' ? 'GET' : request.method
  if (asked !== method) return wrongMethod(request.method, method, match.route.path)
  try {
    return await answerRoute(request, match, service, startedAt)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return refusal(500, `This is a fault of the server: ${message}`)
  }
}

function wrongMethod(found: string, expected: 'GET' | 'POST', path: string): ApiResponse {
  const allowed = expected === 'GET' ? 'GET, HEAD' : 'POST'
  const answer = refusal(405, `Expected ${allowed} for ${path}, found ${quoted(found)}`)
  return { ...answer, headers: { ...answer.headers, Allow: allowed } }
}

async function answerRoute(
  request: ApiRequest,
  { route, model: name, version }: MatchedRoute,
  service: InferenceService,
  startedAt: number,
): Promise<ApiResponse> {
  const served = findModel(service, name, version)
  const withModel = (answer: (model: ServedModel) => ApiResponse): ApiResponse =>
    served.ok ? answer(served.value) : served.answer
  switch (route.id) {
    case 'root':
      return root(service)
    case 'metrics':
      return metrics(service)
    case 'docs':
      return docsPage()
    case 'docs-style':
      return docsStyle()
    case 'openapi':
      return openApiDocument()
    case 'v2-server':
      return serverMetadata(service)
    case 'v2-live':
      return jsonAnswer({ live: true })
    case 'version':
      return textAnswer(service.appVersion)
    case 'health':
      return withModel((model) => health(model, service))
    case 'ping':
      return withModel(() => textAnswer('\n'))
    case 'model-info':
      return withModel(modelInfo)
    case 'v2-ready':
      return withModel(() => jsonAnswer({ ready: true }))
    case 'v2-model':
      return withModel((model) => modelMetadata(model, service))
    case 'v2-model-ready':
    case 'v1-model':
      return withModel((model) => jsonAnswer({ name: model.name, ready: true }))
    case 'predict':
    case 'predict-batch':
    case 'v2-infer':
    case 'invocations':
    case 'v1-predict':
      return served.ok
        ? inferred(route.id, { request, service, model: served.value, startedAt })
        : served.answer
  }
}

type InferId = 'predict' | 'predict-batch' | 'v2-infer' | 'invocations' | 'v1-predict'

const INFERENCES: Readonly<Record<InferId, (call: Call) => Promise<ApiResponse>>> = {
  predict,
  'predict-batch': predictBatch,
  'v2-infer': infer,
  invocations,
  'v1-predict': predictInstances,
}

/** Counted for the model, however it ends. */
async function inferred(id: InferId, call: Call): Promise<ApiResponse> {
  let answered = false
  try {
    const answer = await INFERENCES[id](call)
    answered = answer.status < 400
    return answer
  } finally {
    call.service.traffic.countInference(call.model.name, call.model.version, answered)
  }
}

/** The model a path names; the first one where it names none. */
function findModel(
  { models, missing }: InferenceService,
  name: string | null,
  version: string | null,
): Read<ServedModel> {
  const [first] = models
  if (first === undefined) return refuse(503, missing)
  if (name === null) return read(first)
  const named = models.filter((model) => model.name === name)
  if (named.length === 0) {
    const known = [...new Set(models.map((model) => model.name))].join(', ')
    return refuse(404, `Expected the model ${known}, found ${quoted(name)}`)
  }
  const found = version === null ? named[0] : named.find((model) => model.version === version)
  if (found === undefined) {
    const known = named.map((model) => model.version).join(', ')
    return refuse(404, `Expected version ${known} of ${name}, found ${quoted(version ?? '')}`)
  }
  return read(found)
}
