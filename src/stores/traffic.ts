import { useEffect } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { openDriftWorker } from '../clients/drift-client'
import type { TrafficFigures } from '../domain/drift/traffic'
import type { VersionId } from '../domain/ids'
import { useTrafficRevision, type Loading } from './queries'

interface Counted {
  readonly versionId: VersionId
  readonly figures: TrafficFigures
}

const store = createStore<{ readonly counted: Counted | null }>(() => ({ counted: null }))

/** What is logged of a version, counted again whenever something is added; undefined while it is counted for the first time. */
export function useTraffic(versionId: VersionId): Loading<TrafficFigures> {
  const revision = useTrafficRevision()
  const { counted } = useStore(store)
  useEffect(() => (revision === undefined ? undefined : countTraffic(versionId)), [versionId, revision])
  return counted?.versionId === versionId ? counted.figures : undefined
}

/** In a worker, since twenty thousand answers take the page too long to read. @returns gives it up */
function countTraffic(versionId: VersionId): () => void {
  const worker = openDriftWorker({
    onMessage(message) {
      if (message.kind === 'traffic') store.setState({ counted: { versionId, figures: message.figures } })
      worker.terminate()
    },
    // Figures that could not be counted are not shown; what a person asks for tells its failure itself.
    onBroken: () => worker.terminate(),
  })
  worker.post({ kind: 'traffic', versionId })
  return () => worker.terminate()
}
