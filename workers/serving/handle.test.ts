import { describe, expect, it } from 'vitest'
import { isApiPath, ROUTES } from '../../src/domain/serving/routes'
import { CASES, expectConforming, requestBody, requestHeaders } from './conformance.testing'
import { handleRequest, staticAnswer } from './handle'
import { countingModel, testService } from './service.testing'

const encoder = new TextEncoder()

function post(path: string, value: unknown, headers: Record<string, string> = {}) {
  return { method: 'POST', path, headers, body: encoder.encode(JSON.stringify(value)) }
}

function get(path: string, method = 'GET') {
  return { method, path, headers: {}, body: new Uint8Array() }
}

async function ask(request: ReturnType<typeof get>, service = testService().service) {
  const answer = await handleRequest(request, service)
  return { status: answer.status, value: JSON.parse(answer.body) as Record<string, unknown> }
}

/** 28×28 with so many full pixels. */
function image(full: number, ink = 255): number[] {
  return Array.from({ length: 784 }, (_, at) => (at < full ? ink : 0))
}

describe('the conformance list', () => {
  it.each(CASES)('$method $path: $name', async (wanted) => {
    const { service } = testService()
    const answer = await handleRequest(
      {
        method: wanted.method,
        path: wanted.path,
        headers: requestHeaders(wanted),
        body: encoder.encode(requestBody(wanted)),
      },
      service,
    )
    expectConforming(wanted, answer)
  })

  it('has every path of the API, and every path of it belongs to the API', () => {
    const asked = (pattern: string): boolean =>
      CASES.some(({ path }) =>
        new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/:]+').replaceAll('.', '\\.')}$`).test(path),
      )
    const unasked = ROUTES.filter(({ path, nodeOnly }) => nodeOnly !== true && !asked(path))
    expect(unasked.map(({ path }) => path)).toEqual(['/v2/models/{model}/ready'])
    for (const { path } of CASES) expect(isApiPath(path), path).toBe(true)
  })
})

describe('handleRequest', () => {
  it('answers by the pixels that were sent, in every form that means the same image', async () => {
    const rows = Array.from({ length: 28 }, (_, row) => image(120).slice(row * 28, (row + 1) * 28))
    const tensor = (datatype: string, data: unknown, shape: number[]) =>
      post('/v2/models/mnist-classifier/infer', {
        inputs: [{ name: 'image', shape, datatype, data }],
        outputs: [{ name: 'class' }],
      })
    for (const form of [image(123), image(123, 1), [image(123)]])
      expect(await ask(post('/predict', { image: form }))).toMatchObject({ value: { prediction: 3 } })
    expect(await ask(post('/predict', { image: rows }))).toMatchObject({ value: { prediction: 0 } })
    expect(await ask(tensor('UINT8', image(126), [1, 784]))).toMatchObject({
      value: { outputs: [{ data: [6] }] },
    })
    expect(await ask(tensor('FP32', image(126, 1), [1, 28, 28, 1]))).toMatchObject({
      value: { outputs: [{ data: [6] }] },
    })
  })

  it('gives probabilities that sum to one, of which the answer’s is the largest', async () => {
    const { value } = await ask(post('/predict', { image: image(128) }))
    const probabilities = value['probabilities'] as number[]
    expect(probabilities.reduce((sum, share) => sum + share)).toBeCloseTo(1, 6)
    expect(value).toMatchObject({ prediction: 8, confidence: Math.max(...probabilities) })
    expect(value['latency_ms']).toBeGreaterThan(0)
  })

  it('keeps the order of a batch', async () => {
    const fulls = [125, 100, 309]
    const { value } = await ask(post('/predict/batch', { images: fulls.map((full) => image(full)) }))
    expect(value['predictions']).toMatchObject([{ prediction: 5 }, { prediction: 0 }, { prediction: 9 }])
    const bare = await ask(post('/invocations', { instances: fulls.map((full) => image(full)) }))
    expect(bare.value).toEqual({ predictions: [5, 0, 9] })
  })

  it('turns normalised values back into the bytes they came from', async () => {
    const { service, answered } = testService()
    const bytes = Array.from({ length: 784 }, (_, at) => at % 256)
    const data = bytes.map((byte) => Math.fround((byte / 255 - 0.1307) / 0.3081))
    const inputs = [{ name: 'image', shape: [1, 784], datatype: 'FP32', data }]
    await ask(
      post('/v2/models/mnist-classifier/infer', { parameters: { preprocessed: true }, inputs }),
      service,
    )
    expect([...(answered[0]?.digit ?? [])]).toEqual(bytes)
  })

  it('chooses the first of several versions, and the one that is named', async () => {
    const { service } = testService({ models: [countingModel('2'), countingModel('1')] })
    const inputs = [{ name: 'image', shape: [1, 784], datatype: 'UINT8', data: image(0) }]
    for (const [path, version] of [
      ['/v2/models/mnist-classifier/infer', '2'],
      ['/v2/models/mnist-classifier/versions/1/infer', '1'],
    ] as const)
      expect(await ask(post(path, { inputs }), service)).toMatchObject({ value: { model_version: version } })
    expect(await ask(get('/v2/models/mnist-classifier'), service)).toMatchObject({
      value: { versions: ['2', '1'] },
    })
  })

  it('tells the host of every answer', async () => {
    const { service, answered } = testService()
    await ask(post('/predict', { image: image(107) }), service)
    expect(answered).toHaveLength(1)
    expect(answered[0]).toMatchObject({ version: '1', label: 7, margin: 5 })
    expect(answered[0]?.milliseconds).toBeGreaterThan(0)
    expect(answered[0]?.digit.filter((value) => value === 255)).toHaveLength(107)
  })

  it('says 503 and why where there is no model, and still describes itself', async () => {
    const { service } = testService({ models: [], missing: 'No version has the alias champion.' })
    for (const request of [
      get('/health'),
      get('/ping'),
      get('/model/info'),
      get('/v2/health/ready'),
      get('/v2/models/mnist-classifier'),
      post('/predict', { image: image(3) }),
    ])
      expect(await ask(request, service)).toEqual({
        status: 503,
        value: { error: 'No version has the alias champion.' },
      })
    expect(await ask(get('/v2/health/live'), service)).toMatchObject({ status: 200 })
    expect((await handleRequest(get('/metrics'), service)).status).toBe(200)
  })

  it('answers a fault of the model with 500, and counts it', async () => {
    const broken = { ...countingModel(), predict: () => Promise.reject(new Error('out of order')) }
    const { service } = testService({ models: [broken] })
    expect(await ask(post('/predict', { image: image(3) }), service)).toMatchObject({
      status: 500,
      value: { error: 'This is a fault of the server: out of order' },
    })
    expect(service.traffic.inferences(false)).toEqual([
      { labels: { model: 'mnist-classifier', version: '1' }, count: 1 },
    ])
  })

  it('is at / in Node only, where the page is in the browser', async () => {
    expect(await ask(get('/'))).toMatchObject({ status: 200, value: { docs: '/docs' } })
    expect(await ask(get('/'), testService({ host: 'page' }).service)).toMatchObject({ status: 404 })
    expect(isApiPath('/')).toBe(false)
  })

  it.each([
    '/',
    '/data',
    '/train',
    '/runs/0123',
    '/models',
    '/draw',
    '/api',
    '/system',
    '/assets/x.js',
    '/predictor',
  ])('leaves %s to the page', (path) => expect(isApiPath(path)).toBe(false))
})

describe('what hostile bodies cost', () => {
  it.each([
    ['a hundred thousand values', { image: Array(120_000).fill(0) }, 400],
    ['a value for every pixel that is an array', { image: Array(784).fill([]) }, 400],
    [
      'an object with many keys',
      Object.fromEntries(Array.from({ length: 9000 }, (_, at) => [`k${at}`, at])),
      400,
    ],
    ['null for everything', { image: null, confidence_threshold: null }, 400],
  ])('%s is refused', async (_, body, status) => {
    expect(await ask(post('/predict', body))).toMatchObject({ status })
  })

  it('bytes that are no UTF-8 are refused', async () => {
    const body = Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)
    const answer = await handleRequest(
      { method: 'POST', path: '/predict', headers: {}, body },
      testService().service,
    )
    expect(answer.status).toBe(400)
  })

  it('thousands of unknown paths make one counter', async () => {
    const { service } = testService()
    for (let at = 0; at < 100; at++) await handleRequest(get(`/secret/${at}`), service)
    expect(service.traffic.requests()).toEqual([{ labels: { path: 'other', code: '404' }, count: 100 }])
  })
})

describe('staticAnswer', () => {
  it('has what needs no model, and nothing else', () => {
    expect(staticAnswer(get('/docs'))?.headers['Content-Type']).toContain('text/html')
    expect(staticAnswer(get('/openapi.json', 'HEAD'))?.status).toBe(200)
    expect(staticAnswer(get('/health'))).toBeNull()
    expect(staticAnswer(get('/docs', 'POST'))).toBeNull()
  })
})
