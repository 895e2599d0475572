import { describe, expect, it } from 'vitest'
import { asCurl, asFetch, asPython, bodyFor, filledPath, routeByKey, shownBody, TRIABLE } from './requests'

const digit = Uint8Array.from({ length: 784 }, (_, at) => at % 256)

describe('bodyFor', () => {
  it('is JSON with the whole digit for every route that takes a body', () => {
    for (const route of TRIABLE) {
      const body = bodyFor(route, digit)
      expect(body === null, route.path).toBe(route.method === 'GET')
      if (body === null) continue
      const numbers = JSON.stringify(JSON.parse(body)).match(/\d+/g)?.map(Number) ?? []
      expect(numbers.join()).toContain([...digit].join())
    }
  })
})

describe('routeByKey', () => {
  it('falls back to the first route', () => {
    expect(routeByKey('GET /metrics').id).toBe('metrics')
    expect(routeByKey('GET /nothing').id).toBe('predict')
    expect(routeByKey(null).id).toBe('predict')
  })
})

describe('filledPath', () => {
  it('puts model and version into their places', () => {
    const route = routeByKey('POST /v2/models/{model}/versions/{version}/infer')
    expect(filledPath(route, 'mnist-classifier', 3)).toBe('/v2/models/mnist-classifier/versions/3/infer')
  })
})

describe('snippets', () => {
  it('carry the body, and quotes in it do not end the command', () => {
    expect(asCurl('POST', '/predict', `{"image": ["it's"]}`)).toBe(
      `curl -s -X POST http://localhost:8000/predict -H 'Content-Type: application/json' -d '{"image":["it'\\''s"]}'\n`,
    )
    expect(asFetch('POST', '/predict', '{"image": [1]}')).toContain('body: JSON.stringify({"image":[1]})')
    expect(asPython('POST', '/predict', '{"a": null}')).toContain(String.raw`json.loads("{\"a\":null}")`)
  })

  it('are one line where nothing is sent', () => {
    expect(asCurl('GET', '/health', null)).toBe('curl -s http://localhost:8000/health\n')
    expect(asFetch('GET', '/health', null)).toBe('await (await fetch("/health")).text()\n')
    expect(asPython('GET', '/health', null)).toContain('urlopen("http://localhost:8000/health")')
  })
})

describe('shownBody', () => {
  it('keeps numbers on one line', () => {
    expect(shownBody('{"a":[1,0.5,1e-7],"b":["x"]}', 'application/json')).toBe(
      '{\n  "a": [1, 0.5, 1e-7],\n  "b": [\n    "x"\n  ]\n}',
    )
    expect(shownBody('plain', 'text/plain')).toBe('plain')
  })
})
