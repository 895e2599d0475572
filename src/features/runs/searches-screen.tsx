import { Link } from 'wouter'
import type { Search } from '../../domain/registry/search'
import { useChosenDataset } from '../../stores/queries'
import { useSearches } from '../../stores/search'
import { LinkButton } from '../../ui/button'
import { formatMoment } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { EmptyState } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { Table, type Column } from '../../ui/table'
import { countTrials } from './search-text'
import { SearchSetup } from './search-setup'

/** Searches that were made, and the form of another. */
export function SearchesScreen() {
  const dataset = useChosenDataset()
  const searches = useSearches()
  if (dataset === undefined || searches === undefined) return null
  return (
    <Stack>
      {dataset === null ? (
        <EmptyState
          title="A search needs digits"
          action={
            <LinkButton href="/data" kind="primary">
              Load digits
            </LinkButton>
          }
        >
          A search trains one recipe after the other, each with other values of a few parameters, and says
          which is best on validation digits, and whether by more than chance.
        </EmptyState>
      ) : (
        <SearchSetup dataset={dataset} />
      )}
      {searches.length > 0 && <SearchList searches={searches} />}
    </Stack>
  )
}

const COLUMNS: readonly Column<Search>[] = [
  {
    id: 'name',
    title: 'Name',
    heading: true,
    cell: ({ id, name }) => <Link href={`/runs/search/${id}`}>{name}</Link>,
  },
  { id: 'kind', title: 'Kind', cell: ({ kind }) => (kind === 'ladder' ? 'Design ladder' : 'Grid') },
  { id: 'trials', title: 'Trials', numeric: true, cell: (search) => countTrials(search) },
  { id: 'dataset', title: 'Dataset', cell: ({ dataset }) => dataset.name },
  { id: 'created', title: 'Begun', cell: ({ createdAt }) => formatMoment(createdAt) },
]

function SearchList({ searches }: { readonly searches: readonly Search[] }) {
  return (
    <Panel title="Searches" flush>
      <Table caption="Searches" columns={COLUMNS} rows={searches} rowKey={({ id }) => id} />
    </Panel>
  )
}
