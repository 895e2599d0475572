import { useEffect } from 'react'
import { loadMnist, stopIngest, useIngest } from '../../stores/ingest'
import { useChosenDataset, useRuns } from '../../stores/queries'
import { Button } from '../../ui/button'
import { IngestStatus } from '../../ui/ingest-status'
import { Stack } from '../../ui/layout'
import { EmptyState } from '../../ui/notice'
import { DigitsPanel } from './digits-panel'
import { NextStep } from './next-step'
import { ChampionPanel, RunsPanel } from './results-panels'

/** The state of the work and its one next step. An empty studio begins with MNIST by itself. */
export function OverviewScreen() {
  const dataset = useChosenDataset()
  const runs = useRuns()
  const ingest = useIngest((state) => state)
  useFirstVisit(dataset === null && runs?.length === 0, ingest.state)

  if (dataset === undefined || runs === undefined) return null
  return (
    <Stack>
      {dataset !== null && <NextStep dataset={dataset} runs={runs} />}
      <IngestStatus ingest={ingest} onStop={stopIngest} />
      {dataset === null && ingest.state !== 'loading' && (
        <EmptyState
          title="Start with digits"
          action={
            <Button kind="primary" onClick={loadMnist}>
              Load MNIST
            </Button>
          }
        >
          The studio trains, keeps and uses models that read handwritten digits, all in this page. It needs
          digits to learn from: MNIST, or digits it draws by itself. Nothing leaves this machine.
        </EmptyState>
      )}
      {runs.length > 0 && (
        <>
          <ChampionPanel />
          <RunsPanel runs={runs} />
        </>
      )}
      <DigitsPanel dataset={dataset} />
    </Stack>
  )
}

let begun = false

/** At the first visit the digits come by themselves; once a person stopped that, or it failed, they decide. */
function useFirstVisit(emptyStudio: boolean, ingest: string): void {
  useEffect(() => {
    if (begun || !emptyStudio || ingest !== 'idle') return
    begun = true
    loadMnist()
  }, [emptyStudio, ingest])
}
