/**
 * The inference API's addresses: one table for the handlers, the API's own documentation, the service worker that catches them in the
 * page, and the screen that lists them.
 */

export type RouteId =
  | 'root'
  | 'predict'
  | 'predict-batch'
  | 'health'
  | 'model-info'
  | 'metrics'
  | 'docs'
  | 'docs-style'
  | 'openapi'
  | 'v2-server'
  | 'v2-live'
  | 'v2-ready'
  | 'v2-model'
  | 'v2-model-ready'
  | 'v2-infer'
  | 'invocations'
  | 'ping'
  | 'version'
  | 'v1-model'
  | 'v1-predict'

export type RouteGroup = 'Studio' | 'Operations' | 'Open Inference Protocol' | 'MLflow' | 'KServe V1'

export interface Route {
  readonly id: RouteId
  readonly method: 'GET' | 'POST'
  /** `{model}` and `{version}` stand for a name and a number. */
  readonly path: string
  readonly group: RouteGroup
  readonly summary: string
  /** In the page `/` is the page; everything else is answered by both hosts. */
  readonly nodeOnly?: true
}

export const ROUTES: readonly Route[] = [
  {
    id: 'predict',
    method: 'POST',
    path: '/predict',
    group: 'Studio',
    summary: 'Reads one digit: 784 values or 28×28, as 0–255 or 0–1, ink high.',
  },
  {
    id: 'predict-batch',
    method: 'POST',
    path: '/predict/batch',
    group: 'Studio',
    summary: 'Reads up to 256 digits at once.',
  },
  {
    id: 'model-info',
    method: 'GET',
    path: '/model/info',
    group: 'Studio',
    summary: 'Which version answers, its network, preprocessing and figures.',
  },
  {
    id: 'health',
    method: 'GET',
    path: '/health',
    group: 'Operations',
    summary: 'Whether a model is loaded and answers.',
  },
  {
    id: 'metrics',
    method: 'GET',
    path: '/metrics',
    group: 'Operations',
    summary: 'Counters and histograms in Prometheus’ text format 0.0.4.',
  },
  {
    id: 'docs',
    method: 'GET',
    path: '/docs',
    group: 'Operations',
    summary: 'This API described for people.',
  },
  {
    id: 'openapi',
    method: 'GET',
    path: '/openapi.json',
    group: 'Operations',
    summary: 'This API described for programs: OpenAPI 3.1.',
  },
  {
    id: 'docs-style',
    method: 'GET',
    path: '/docs/style.css',
    group: 'Operations',
    summary: 'How the description looks.',
  },
  {
    id: 'root',
    method: 'GET',
    path: '/',
    group: 'Operations',
    summary: 'What this server is and where to go on.',
    nodeOnly: true,
  },
  {
    id: 'v2-server',
    method: 'GET',
    path: '/v2',
    group: 'Open Inference Protocol',
    summary: 'Name, version and extensions of the server.',
  },
  {
    id: 'v2-live',
    method: 'GET',
    path: '/v2/health/live',
    group: 'Open Inference Protocol',
    summary: 'The server runs.',
  },
  {
    id: 'v2-ready',
    method: 'GET',
    path: '/v2/health/ready',
    group: 'Open Inference Protocol',
    summary: 'The server can infer.',
  },
  {
    id: 'v2-model',
    method: 'GET',
    path: '/v2/models/{model}',
    group: 'Open Inference Protocol',
    summary: 'Inputs and outputs of the model.',
  },
  {
    id: 'v2-model',
    method: 'GET',
    path: '/v2/models/{model}/versions/{version}',
    group: 'Open Inference Protocol',
    summary: 'Inputs and outputs of one version.',
  },
  {
    id: 'v2-model-ready',
    method: 'GET',
    path: '/v2/models/{model}/ready',
    group: 'Open Inference Protocol',
    summary: 'The model is loaded.',
  },
  {
    id: 'v2-model-ready',
    method: 'GET',
    path: '/v2/models/{model}/versions/{version}/ready',
    group: 'Open Inference Protocol',
    summary: 'This version is loaded.',
  },
  {
    id: 'v2-infer',
    method: 'POST',
    path: '/v2/models/{model}/infer',
    group: 'Open Inference Protocol',
    summary: 'Infers; the server chooses the version.',
  },
  {
    id: 'v2-infer',
    method: 'POST',
    path: '/v2/models/{model}/versions/{version}/infer',
    group: 'Open Inference Protocol',
    summary: 'Infers with this version.',
  },
  {
    id: 'invocations',
    method: 'POST',
    path: '/invocations',
    group: 'MLflow',
    summary: 'One of inputs, instances, dataframe_split, dataframe_records becomes predictions.',
  },
  { id: 'ping', method: 'GET', path: '/ping', group: 'MLflow', summary: 'Answers when a model is loaded.' },
  {
    id: 'version',
    method: 'GET',
    path: '/version',
    group: 'MLflow',
    summary: 'The studio’s version as text.',
  },
  {
    id: 'v1-model',
    method: 'GET',
    path: '/v1/models/{model}',
    group: 'KServe V1',
    summary: 'Whether the model is ready.',
  },
  {
    id: 'v1-predict',
    method: 'POST',
    path: '/v1/models/{model}:predict',
    group: 'KServe V1',
    summary: 'Ten probabilities for each of the instances.',
  },
]

/** A path and what stands in it for `{model}` and `{version}`. */
export interface MatchedRoute {
  readonly route: Route
  readonly model: string | null
  readonly version: string | null
}

const FIXED = new Map(ROUTES.map((route) => [route.path, route]))
const PATTERNS = ROUTES.filter(({ path }) => path.includes('{')).map((route) => ({
  route,
  pattern: new RegExp(
    `^${route.path.replace('{model}', '(?<model>[^/:]{1,200})').replace('{version}', '(?<version>[^/:]{1,20})')}$`,
  ),
}))

/** The route of a path, or null. Names are taken as they stand: a model's name needs no escapes. */
export function routeOf(path: string): MatchedRoute | null {
  const fixed = FIXED.get(path)
  if (fixed !== undefined) return { route: fixed, model: null, version: null }
  if (!path.startsWith('/v')) return null
  for (const { route, pattern } of PATTERNS) {
    const groups = pattern.exec(path)?.groups
    if (groups) return { route, model: groups['model'] ?? null, version: groups['version'] ?? null }
  }
  return null
}

/** Whether a path belongs to the API rather than to the page: also one below `/v1/` or `/v2/` that nobody answers. */
export function isApiPath(path: string): boolean {
  if (path.startsWith('/v2/') || path.startsWith('/v1/')) return true
  const match = routeOf(path)
  return match !== null && match.route.nodeOnly !== true
}
