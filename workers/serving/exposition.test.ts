import { describe, expect, it } from 'vitest'
import { expositionText } from './exposition'
import { metricFamilies } from './metric-families'
import { handleRequest } from './handle'
import { countingModel, testService } from './service.testing'
import { createTraffic } from './traffic'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A reader of the format, as strict as its description: it throws at what a scraper would refuse. */
function parse(text: string) {
  if (!text.endsWith('\n')) throw new Error('the last line must end with a line feed')
  const families = new Map<string, { type: string; samples: Sample[] }>()
  const closed = new Set<string>()
  let current = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.*)$/.exec(line)
    if (comment) {
      const [, kind, name = '', rest = ''] = comment
      if (kind === 'HELP' && (families.has(name) || closed.has(name))) throw new Error(`${name} comes twice`)
      if (kind === 'HELP' && current !== '') closed.add(current)
      current = name
      if (kind === 'TYPE') families.set(name, { type: rest, samples: [] })
      continue
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?[\d.]+(?:e[+-]?\d+)?)$/.exec(line)
    if (!sample) throw new Error(`no sample: ${line}`)
    const [, name = '', inside = '', value = ''] = sample
    const family = families.get(current)
    if (!family || ![current, `${current}_bucket`, `${current}_sum`, `${current}_count`].includes(name))
      throw new Error(`${name} stands outside its family ${current}`)
    family.samples.push({
      name,
      labels: parseLabels(inside),
      value: Number(value.replace('Inf', 'Infinity')),
    })
  }
  return families
}

function parseLabels(inside: string): Record<string, string> {
  const labels: Record<string, string> = {}
  let rest = inside
  while (rest !== '') {
    const pair = /^([a-zA-Z_]\w*)="((?:\\[\\"n]|[^"\\\n])*)"(?:,|$)/.exec(rest)
    if (!pair) throw new Error(`no label: ${rest}`)
    labels[pair[1] ?? ''] = (pair[2] ?? '').replaceAll(/\\([\\"n])/g, (_, escape) =>
      escape === 'n' ? '\n' : String(escape),
    )
    rest = rest.slice(pair[0].length)
  }
  return labels
}

function values(text: string, family: string): [string, number][] {
  return (parse(text).get(family)?.samples ?? []).map(({ name, labels, value }) => [
    `${name}${JSON.stringify(labels)}`,
    value,
  ])
}

describe('expositionText', () => {
  it('escapes texts and writes values that are no plain numbers', () => {
    const text = expositionText([
      {
        name: 'odd_things',
        help: 'a \\ and\na line',
        type: 'gauge',
        samples: [
          { labels: { text: 'say "no"\\\nor yes' }, value: Number.NaN },
          { labels: {}, value: Number.NEGATIVE_INFINITY },
        ],
      },
    ])
    expect(text).toContain('# HELP odd_things a \\\\ and\\na line\n')
    const samples = parse(text).get('odd_things')?.samples
    expect(samples?.[0]).toEqual({
      name: 'odd_things',
      labels: { text: 'say "no"\\\nor yes' },
      value: Number.NaN,
    })
    expect(samples?.[1]?.value).toBe(Number.NEGATIVE_INFINITY)
  })

  it('leaves out a family without samples', () => {
    expect(expositionText([{ name: 'none', help: 'nothing', type: 'counter', samples: [] }])).toBe('')
  })

  it('counts up in a histogram: each bucket holds those before it, the last one all', () => {
    const traffic = createTraffic()
    for (const seconds of [0.0005, 0.0004, 0.003, 3]) traffic.countRequest('/predict', 200, seconds)
    const text = expositionText(
      metricFamilies([], traffic, { drift: [], feedback: null, trainLoss: null, storageBytes: null }),
    )
    const samples = parse(text).get('mnist_request_duration_seconds')?.samples ?? []
    const buckets = samples.filter(({ name }) => name.endsWith('_bucket'))
    expect(buckets.map(({ labels, value }) => [labels['le'], value])).toEqual([
      ['0.0005', 2],
      ['0.001', 2],
      ['0.002', 2],
      ['0.005', 3],
      ['0.01', 3],
      ['0.025', 3],
      ['0.05', 3],
      ['0.1', 3],
      ['0.25', 3],
      ['+Inf', 4],
    ])
    expect(samples.slice(-2)).toEqual([
      { name: 'mnist_request_duration_seconds_sum', labels: {}, value: 3.0039 },
      { name: 'mnist_request_duration_seconds_count', labels: {}, value: 4 },
    ])
  })
})

describe('/metrics', () => {
  it('tells of what was asked, in a form that a scraper reads', async () => {
    const { service } = testService({
      models: [countingModel()],
      gauges: () =>
        Promise.resolve({
          drift: [{ signal: 'label', value: 0.25, pValue: null }],
          feedback: { correct: 3, wrong: 1 },
          trainLoss: 0.02,
          storageBytes: 1e21,
        }),
    })
    const image = Array.from({ length: 784 }, (_, at) => (at < 104 ? 255 : 0))
    const body = new TextEncoder().encode(JSON.stringify({ image }))
    for (let i = 0; i < 2; i++)
      await handleRequest({ method: 'POST', path: '/predict', headers: {}, body }, service)
    await handleRequest({ method: 'POST', path: '/predict', headers: {}, body: body.slice(9) }, service)
    const answer = await handleRequest(
      { method: 'GET', path: '/metrics', headers: {}, body: new Uint8Array() },
      service,
    )
    expect(answer.headers['Content-Type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = answer.body
    expect(values(text, 'mnist_predictions_total')).toEqual([
      ['mnist_predictions_total{"model":"mnist-classifier","version":"1","class":"4","source":"api"}', 2],
    ])
    expect(values(text, 'mnist_requests_total')).toEqual([
      ['mnist_requests_total{"path":"/predict","code":"200"}', 2],
      ['mnist_requests_total{"path":"/predict","code":"400"}', 1],
    ])
    expect(values(text, 'model_infer_request_success')[0]?.[1]).toBe(2)
    expect(values(text, 'model_infer_request_failure')[0]?.[1]).toBe(1)
    expect(values(text, 'mnist_drift_psi')).toEqual([['mnist_drift_psi{"signal":"label"}', 0.25]])
    expect(values(text, 'mnist_drift_pvalue')).toEqual([])
    expect(values(text, 'mnist_feedback_total').map(([, value]) => value)).toEqual([3, 1])
    expect(values(text, 'mnist_storage_bytes')).toEqual([['mnist_storage_bytes{}', 1e21]])
    expect(values(text, 'mnist_prediction_confidence').at(-1)?.[1]).toBe(2)
    expect(values(text, 'mnist_model_info')).toEqual([
      ['mnist_model_info{"version":"1","alias":"champion","params":"0"}', 1],
    ])
  })
})
