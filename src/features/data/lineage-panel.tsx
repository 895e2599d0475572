import { Link } from 'wouter'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { datasetTitle } from '../../domain/dataset/versions'
import { useRuns } from '../../stores/queries'
import { Facts } from '../../ui/figures'
import { Panel } from '../../ui/panel'

interface LineageProps {
  readonly dataset: DatasetRecord
  readonly stored: readonly DatasetRecord[]
}

const MOST_LINKS = 12

/** What a dataset was made from, what was made from it, and which runs learned from it. */
export function LineagePanel({ dataset, stored }: LineageProps) {
  const runs = useRuns()?.filter((run) => run.dataset.digest === dataset.digest) ?? []
  const { derivedFrom } = dataset
  const base = derivedFrom && stored.find(({ id }) => id === derivedFrom.id)
  const others = stored.filter(({ id, name }) => name === dataset.name && id !== dataset.id)
  const derived = stored.filter((other) => other.derivedFrom?.id === dataset.id)
  return (
    <Panel title="Lineage">
      <Facts
        items={[
          {
            name: 'Made from',
            value:
              derivedFrom === undefined ? (
                'files or a generator, see Source'
              ) : (
                <>
                  {base === undefined ? (
                    `${derivedFrom.name} (no longer stored)`
                  ) : (
                    <DatasetLink dataset={base} stored={stored} />
                  )}
                  : {derivedFrom.how}
                </>
              ),
          },
          { name: 'Made from it', value: <Links datasets={derived} stored={stored} none="nothing yet" /> },
          { name: 'Other versions', value: <Links datasets={others} stored={stored} none="none" /> },
          {
            name: 'Used by',
            value:
              runs.length === 0 ? (
                'no run yet'
              ) : (
                <>
                  {runs.slice(0, MOST_LINKS).map((run, index) => (
                    <span key={run.id}>
                      {index > 0 && ', '}
                      <Link href={`/runs/${run.id}`}>{run.name}</Link>
                    </span>
                  ))}
                  {runs.length > MOST_LINKS && ` and ${runs.length - MOST_LINKS} more runs`}
                </>
              ),
          },
        ]}
      />
    </Panel>
  )
}

function Links({
  datasets,
  stored,
  none,
}: {
  readonly datasets: readonly DatasetRecord[]
  readonly stored: readonly DatasetRecord[]
  readonly none: string
}) {
  if (datasets.length === 0) return none
  return datasets.map((dataset, index) => (
    <span key={dataset.id}>
      {index > 0 && ', '}
      <DatasetLink dataset={dataset} stored={stored} />
    </span>
  ))
}

function DatasetLink({ dataset, stored }: LineageProps) {
  return <Link href={`/data?dataset=${dataset.id}`}>{datasetTitle(dataset, stored)}</Link>
}
