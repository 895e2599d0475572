import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { NO_GAUGES } from './gauges'
import { metricFamilies } from './metric-families'
import { createTraffic } from './traffic'

it('the dashboard asks for metrics that /metrics has, and for all of them', () => {
  const text = readFileSync(new URL('../../deploy/grafana/mnist-studio.json', import.meta.url), 'utf8')
  const { panels } = JSON.parse(text) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[]
  }
  const asked = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\b(?:mnist|model_infer)_\w+/g) ?? []),
  )
  const named = new Set(asked.map((name) => name.replace(/_bucket$/, '')))
  const had = metricFamilies([], createTraffic(), NO_GAUGES).map(({ name }) => name)
  expect([...named].toSorted()).toEqual(had.toSorted())
})
