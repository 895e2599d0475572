import { IMAGE_PIXELS, IMAGE_SIDE } from '../../domain/image/preprocess'
import { type Route, ROUTES } from '../../domain/serving/routes'

/** What can be tried in the page: everything but the style of the description and what Node alone answers. */
export const TRIABLE: readonly Route[] = ROUTES.filter(
  ({ id, nodeOnly }) => nodeOnly !== true && id !== 'docs-style',
)

/** One name for a route in the address and in a select. */
export function routeKey({ method, path }: Route): string {
  return `${method} ${path}`
}

export function routeByKey(key: string | null): Route {
  const found = TRIABLE.find((route) => routeKey(route) === key) ?? TRIABLE[0]
  if (found === undefined) throw new Error('the API has no routes')
  return found
}

/** A route's path with the served version's name and number in it. */
export function filledPath(route: Route, model: string, version: number | null): string {
  return route.path.replace('{model}', model).replace('{version}', String(version ?? 1))
}

/** The body that asks this route about a digit; null where nothing is sent. */
export function bodyFor({ id }: Route, digit: Uint8Array): string | null {
  switch (id) {
    case 'predict':
      return `{\n  "image": ${rows(digit)}\n}`
    case 'predict-batch':
      return `{\n  "images": [${rows(digit)}]\n}`
    case 'v2-infer':
      return `{\n  "id": "try-it",\n  "inputs": [{\n    "name": "image",\n    "datatype": "UINT8",\n    "shape": [1, 28, 28],\n    "data": [${rows(digit)}]\n  }]\n}`
    case 'invocations':
    case 'v1-predict':
      return `{\n  "instances": [${rows(digit)}]\n}`
    case 'root':
    case 'health':
    case 'model-info':
    case 'metrics':
    case 'docs':
    case 'docs-style':
    case 'openapi':
    case 'v2-server':
    case 'v2-live':
    case 'v2-ready':
    case 'v2-model':
    case 'v2-model-ready':
    case 'ping':
    case 'version':
    case 'v1-model':
      return null
  }
}

/** 28 rows of 28, a line each, so that a digit can be seen in its numbers. */
function rows(digit: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < IMAGE_PIXELS; at += IMAGE_SIDE)
    lines.push(`    [${[...digit.subarray(at, at + IMAGE_SIDE)].join(',')}]`)
  return `[\n${lines.join(',\n')}\n  ]`
}

/** Where the studio's own server listens by default: programs reach that one, never this page. */
const SERVER = 'http://localhost:8000'

type Method = Route['method']

/** The request as a line of JavaScript for this page's console. */
export function asFetch(method: Method, path: string, body: string | null): string {
  if (body === null) return `await (await fetch(${JSON.stringify(path)})).text()\n`
  return `await (await fetch(${JSON.stringify(path)}, {
  method: ${JSON.stringify(method)},
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(${compact(body)}),
})).json()
`
}

/** The request for a shell, to the studio's server. */
export function asCurl(method: Method, path: string, body: string | null): string {
  if (body === null) return `curl -s ${SERVER}${path}\n`
  const quoted = compact(body).replaceAll("'", String.raw`'\''`)
  return `curl -s -X ${method} ${SERVER}${path} -H 'Content-Type: application/json' -d '${quoted}'\n`
}

/** The request in Python's standard library, to the studio's server. */
export function asPython(method: Method, path: string, body: string | null): string {
  const head = 'import json\nfrom urllib.request import Request, urlopen\n\n'
  if (body === null) return `${head}print(urlopen(${JSON.stringify(SERVER + path)}).read().decode())\n`
  return `${head}body = json.loads(${JSON.stringify(compact(body))})
request = Request(${JSON.stringify(SERVER + path)}, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=${JSON.stringify(method)})
print(json.load(urlopen(request)))
`
}

/** Without needless space; as it stands where it is no JSON. */
function compact(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return body
  }
}

/** An answer for people: JSON indented, long arrays of numbers on one line. */
export function shownBody(body: string, contentType: string): string {
  if (!contentType.includes('json')) return body
  try {
    const text = JSON.stringify(JSON.parse(body), null, 2)
    return text.replaceAll(/\[\s+(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s+\]/g, (_, numbers: string) => {
      return `[${numbers.replaceAll(/\s+/g, ' ')}]`
    })
  } catch {
    return body
  }
}
