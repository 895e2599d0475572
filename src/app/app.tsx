import { CSPProvider } from '@base-ui/react/csp-provider'
import { lazy, Suspense, useEffect } from 'react'
import { Route, Switch } from 'wouter'
import { OverviewScreen } from '../features/overview/overview-screen'
import { useAutoRetraining } from '../stores/auto-retraining'
import { probeDevice } from '../stores/device'
import { startOffline } from '../stores/offline'
import { startServing } from '../stores/serving'
import { takeUpLostRun } from '../stores/training'
import { LinkButton } from '../ui/button'
import { EmptyState } from '../ui/notice'
import { ToastHost } from '../ui/toasts'
import { Shell } from './shell'

const DataScreen = lazy(async () => ({ default: (await import('../features/data/data-screen')).DataScreen }))
const TrainScreen = lazy(async () => ({
  default: (await import('../features/train/train-screen')).TrainScreen,
}))
const RunsScreen = lazy(async () => ({ default: (await import('../features/runs/runs-screen')).RunsScreen }))
const CompareScreen = lazy(async () => ({
  default: (await import('../features/runs/compare-screen')).CompareScreen,
}))
const SearchesScreen = lazy(async () => ({
  default: (await import('../features/runs/searches-screen')).SearchesScreen,
}))
const SearchScreen = lazy(async () => ({
  default: (await import('../features/runs/search-screen')).SearchScreen,
}))
const RunScreen = lazy(async () => ({ default: (await import('../features/runs/run-screen')).RunScreen }))
const ModelsScreen = lazy(async () => ({
  default: (await import('../features/models/models-screen')).ModelsScreen,
}))
const DrawScreen = lazy(async () => ({ default: (await import('../features/draw/draw-screen')).DrawScreen }))
const MonitorScreen = lazy(async () => ({
  default: (await import('../features/monitor/monitor-screen')).MonitorScreen,
}))
const PipelineScreen = lazy(async () => ({
  default: (await import('../features/pipeline/pipeline-screen')).PipelineScreen,
}))
const ApiScreen = lazy(async () => ({ default: (await import('../features/api/api-screen')).ApiScreen }))
const SystemScreen = lazy(async () => ({
  default: (await import('../features/system/system-screen')).SystemScreen,
}))

/** The studio: providers, the shell, and one route a screen. */
export function App() {
  useEffect(() => {
    probeDevice()
    startOffline()
    startServing()
    takeUpLostRun()
  }, [])
  return (
    // The response header forbids inline style elements; the components bring their own rules as files.
    <CSPProvider disableStyleElements>
      <ToastHost>
        <AutoRetraining />
        <Shell>
          <Suspense fallback={null}>
            <Switch>
              <Route path="/" component={OverviewScreen} />
              <Route path="/data" component={DataScreen} />
              <Route path="/train" component={TrainScreen} />
              <Route path="/runs" component={RunsScreen} />
              <Route path="/runs/compare" component={CompareScreen} />
              <Route path="/runs/search" component={SearchesScreen} />
              <Route path="/runs/search/:id">{({ id }) => <SearchScreen key={id} id={id} />}</Route>
              <Route path="/runs/:id">{({ id }) => <RunScreen key={id} id={id} />}</Route>
              <Route path="/models" component={ModelsScreen} />
              <Route path="/draw" component={DrawScreen} />
              <Route path="/monitor" component={MonitorScreen} />
              <Route path="/pipeline" component={PipelineScreen} />
              <Route path="/api" component={ApiScreen} />
              <Route path="/system" component={SystemScreen} />
              <Route>
                <EmptyState
                  title="No such page"
                  action={<LinkButton href="/">Go to the overview</LinkButton>}
                >
                  Nothing lives at this address. It may have been mistyped or belong to another version of the
                  studio.
                </EmptyState>
              </Route>
            </Switch>
          </Suspense>
        </Shell>
      </ToastHost>
    </CSPProvider>
  )
}

/** Shows nothing; by itself, so that what it looks at renders no screen anew. */
function AutoRetraining() {
  useAutoRetraining()
  return null
}
