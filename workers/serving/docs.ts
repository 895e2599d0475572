/** The API described: `/openapi.json` for programs, `/docs` for people, both from the table of routes. */
import { MAX_BATCH } from '../../src/domain/serving/limits'
import { type Route, type RouteGroup, ROUTES } from '../../src/domain/serving/routes'
import { type ApiResponse, jsonAnswer, textAnswer } from './http'
import { CONTENTS, SCHEMAS } from './schemas'

const TITLE = 'MNIST Studio inference API'
const API_VERSION = '1.0.0'

export function openApiDocument(): ApiResponse {
  return jsonAnswer(DOCUMENT)
}

export function docsPage(): ApiResponse {
  return textAnswer(PAGE, 'text/html; charset=utf-8')
}

export function docsStyle(): ApiResponse {
  return textAnswer(STYLE, 'text/css; charset=utf-8')
}

const ERROR = { $ref: '#/components/schemas/Error' } as const

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: TITLE,
    version: API_VERSION,
    description:
      'Reads handwritten digits with a version of the registry. Answers from 400 on are {"error": "…"}: what was expected, what was found.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  paths: pathItems(),
  components: { schemas: SCHEMAS },
} as const

function pathItems(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    ROUTES.map((route) => [
      route.path,
      {
        ...(route.path.includes('{') ? { parameters: pathParameters(route.path) } : {}),
        [route.method.toLowerCase()]: operation(route),
      },
    ]),
  )
}

function pathParameters(path: string): readonly object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function operation(route: Route): object {
  const { request, response, type } = CONTENTS[route.id]
  const versioned = route.path.includes('{version}') ? '-version' : ''
  return {
    operationId: `${route.id}${versioned}`,
    tags: [route.group],
    summary: route.summary,
    ...(request === null
      ? {}
      : { requestBody: { required: true, content: { 'application/json': schemaOf(request) } } }),
    responses: {
      200: {
        description: 'The answer',
        content: { [type]: response === null ? {} : schemaOf(response) },
      },
      default: { description: 'What is wrong', content: { 'application/json': { schema: ERROR } } },
    },
  }
}

function schemaOf(name: keyof typeof SCHEMAS): object {
  return { schema: { $ref: `#/components/schemas/${name}` } }
}

const GROUPS: readonly RouteGroup[] = [
  'Studio',
  'Operations',
  'Open Inference Protocol',
  'MLflow',
  'KServe V1',
]

const ABOUT: Readonly<Record<RouteGroup, string>> = {
  Studio: `Images are 784 values row by row, or 28 rows of 28. Where any value is above 1.5 they are taken as 0–255, else as 0–1; ink is high, paper 0. With confidence_threshold the answer says whether it was accepted. At most ${MAX_BATCH} images a request.`,
  Operations: 'For whoever runs the server.',
  'Open Inference Protocol':
    'Version 2, as KServe, Triton and MLServer speak it. One input, image: UINT8 (0–255) or FP32 (0–1) of shape [n, 28, 28], [n, 784] or [n, 1, 28, 28]. parameters.preprocessed: the values are normalised already. parameters.canvas: drawings of any size, [h, w] or [n, h, w], cut out and centred as on the Draw screen.',
  MLflow: 'The scoring server’s requests; the predictions are classes.',
  'KServe V1': 'TensorFlow Serving’s requests; the predictions are probabilities.',
}

const CURL = `curl -s http://localhost:8000/predict \\
  -H 'Content-Type: application/json' \\
  -d "{\\"image\\": [$(yes 0 | head -784 | paste -sd,)]}"`

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${TITLE}</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<main>
<h1>${TITLE}</h1>
<p>Version ${API_VERSION}. For programs: <a href="/openapi.json">openapi.json</a>. Errors are JSON, <code>{"error": "…"}</code>: what was expected and what was found.</p>
<pre tabindex="0"><code>${escaped(CURL)}</code></pre>
${GROUPS.map(groupSection).join('')}</main>
</body>
</html>
`

function groupSection(group: RouteGroup): string {
  const routes = ROUTES.filter((route) => route.group === group)
  return `<section>
<h2>${group}</h2>
<p>${escaped(ABOUT[group])}</p>
<table>
<thead><tr><th scope="col">Method</th><th scope="col">Path</th><th scope="col">What it does</th></tr></thead>
<tbody>
${routes.map(routeRow).join('')}</tbody>
</table>
</section>
`
}

function routeRow({ method, path, summary, nodeOnly }: Route): string {
  const where = nodeOnly === true ? ' Not in the page, where / is the studio.' : ''
  return `<tr><td>${method}</td><td><code>${escaped(path)}</code></td><td>${escaped(summary + where)}</td></tr>\n`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const STYLE = `:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 24px 16px 64px; }
a { color: inherit; }
h1 { font-size: 24px; }
h2 { font-size: 18px; margin-top: 32px; }
pre { overflow-x: auto; padding: 12px; border: 1px solid; border-radius: 6px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 6px 12px 6px 0; text-align: left; vertical-align: top; border-bottom: 1px solid; }
code { font: 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
`
