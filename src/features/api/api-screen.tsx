import { useSearchParams } from 'wouter'
import { modelName } from '../../domain/ids'
import { STUDIO_MODEL } from '../../stores/model-name'
import { useAliases, useServed, useVersions } from '../../stores/queries'
import { useServing } from '../../stores/serving'
import { Button, LinkButton } from '../../ui/button'
import { Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Tabs } from '../../ui/tabs'
import { AnsweringPanel } from './answering-panel'
import { EndpointTable } from './endpoint-table'
import { LoadPanel } from './load-panel'
import { MetricsPanel } from './metrics-panel'
import { TryIt } from './try-it'

const TABS = ['try', 'endpoints', 'metrics', 'load'] as const

/** The inference API of this page: what answers, a console to try it, its metrics and a load test. */
export function ApiScreen() {
  const versions = useVersions(STUDIO_MODEL)
  const aliases = useAliases(STUDIO_MODEL)
  const served = useServed()
  const { reachable, unlogged } = useServing()
  const [search, setSearch] = useSearchParams()
  if (versions === undefined || aliases === undefined || served === undefined) return null
  const version = versions.find(({ id }) => id === served.versionId) ?? null
  const model = served.versionId === null ? STUDIO_MODEL : modelName(served.versionId)
  const tab = TABS.find((name) => name === search.get('tab')) ?? 'try'

  return (
    <Stack>
      {reachable === false && <Unreachable />}
      {versions.length === 0 && (
        <Notice
          tone="info"
          title="No model answers yet"
          actions={
            <LinkButton href="/train" kind="primary">
              Train a model
            </LinkButton>
          }
        >
          <p>
            Requests for predictions are answered with 503 and this reason. The first run that ends can answer
            at once.
          </p>
        </Notice>
      )}
      {unlogged !== null && (
        <Notice tone="caution" title="The newest answers could not be kept">
          <p>{unlogged.message}</p>
        </Notice>
      )}
      <AnsweringPanel versions={versions} aliases={aliases} served={served} />
      <Tabs
        label="Inference API"
        active={tab}
        onChange={(id) => setSearch({ tab: id }, { replace: true })}
        items={[
          {
            id: 'try',
            label: 'Try it',
            content: () => <TryIt model={model} version={version?.version ?? null} />,
          },
          { id: 'endpoints', label: 'Endpoints', content: () => <EndpointTable /> },
          { id: 'metrics', label: 'Metrics', content: () => <MetricsPanel /> },
          {
            id: 'load',
            label: 'Load test',
            content: () => <LoadPanel ready={reachable === true && version !== null} />,
          },
        ]}
      />
    </Stack>
  )
}

/** No service worker is in charge of this page. */
function Unreachable() {
  return (
    <Notice
      tone="caution"
      title="Requests do not reach the API from this page"
      actions={<Button onClick={() => window.location.reload()}>Reload the page</Button>}
    >
      <p>
        A service worker catches them, and none is in charge of this page yet: it comes with the first visit,
        so reload. A development server, a private window or a forced reload has none. The studio’s server
        answers the same requests anywhere: npm run studio -- serve.
      </p>
    </Notice>
  )
}
