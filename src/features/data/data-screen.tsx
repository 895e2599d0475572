import { useEffect, useRef } from 'react'
import { useSearchParams } from 'wouter'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { loadMnist, stopIngest, useIngest } from '../../stores/ingest'
import { useChosenDataset, useDatasets } from '../../stores/queries'
import { Button } from '../../ui/button'
import { IngestStatus } from '../../ui/ingest-status'
import { Columns, Stack } from '../../ui/layout'
import { EmptyState } from '../../ui/notice'
import { AddData } from './add-data'
import { ClassCounts } from './class-counts'
import { DatasetSummary } from './dataset-summary'
import { DatasetTable } from './dataset-table'
import { DigitBrowser } from './digit-browser'
import { ExportPanel } from './export-panel'
import { FoundSplits } from './found-splits'
import { LineagePanel } from './lineage-panel'
import { ValidationPanel } from './validation-panel'

/** Which data there are, what is in them, and the ways to get more. */
export function DataScreen() {
  const datasets = useDatasets()
  const chosen = useChosenDataset()
  const ingest = useIngest((state) => state)
  const [search, setSearch] = useSearchParams()
  const wanted = search.get('dataset')
  const shown = datasets?.find((dataset) => dataset.id === wanted) ?? chosen ?? null

  // What a person has just stored is what is shown.
  const kept = useRef(false)
  useEffect(() => {
    if (ingest.state === 'loading') kept.current = ingest.found !== null
    else if (ingest.state === 'idle' && kept.current && ingest.lastDatasetId !== null) {
      kept.current = false
      setSearch({ dataset: ingest.lastDatasetId })
    }
  }, [ingest, setSearch])

  return (
    <Stack>
      <IngestStatus ingest={ingest} onStop={stopIngest} />
      {ingest.state === 'found' && datasets !== undefined && (
        <FoundSplits splits={ingest.splits} problem={ingest.problem} stored={datasets} />
      )}
      {shown !== null && (
        <DatasetView
          key={shown.id}
          dataset={shown}
          stored={datasets ?? []}
          chosen={shown.id === chosen?.id}
        />
      )}
      {datasets?.length === 0 && ingest.state !== 'loading' && ingest.state !== 'found' && (
        <EmptyState
          title="No data yet"
          action={
            <Button kind="primary" onClick={loadMnist}>
              Load MNIST
            </Button>
          }
        >
          A dataset is 28×28 digits with their labels: a training split to learn from and a test split to be
          measured on. MNIST has 60,000 and 10,000; it is taken from this site, else from a public mirror,
          else the studio makes its own digits.
        </EmptyState>
      )}
      {datasets !== undefined && datasets.length > 1 && (
        <DatasetTable datasets={datasets} chosen={chosen?.id ?? null} />
      )}
      <AddData busy={ingest.state === 'loading'} />
    </Stack>
  )
}

interface DatasetViewProps {
  readonly dataset: DatasetRecord
  readonly stored: readonly DatasetRecord[]
  readonly chosen: boolean
}

function DatasetView({ dataset, stored, chosen }: DatasetViewProps) {
  return (
    <>
      <Columns>
        <DatasetSummary dataset={dataset} stored={stored} chosen={chosen} />
        <ClassCounts dataset={dataset} />
      </Columns>
      <ValidationPanel dataset={dataset} />
      <DigitBrowser dataset={dataset} />
      <Columns>
        <LineagePanel dataset={dataset} stored={stored} />
        <ExportPanel dataset={dataset} />
      </Columns>
    </>
  )
}
