import { useLocation } from 'wouter'
import { useRuns, type ListedRun } from '../../stores/queries'
import { formatMoment, formatPercent } from '../../ui/format'
import { Menu } from '../../ui/menu'
import { resultOf } from '../../ui/run-text'
import { compareAddress } from './compare-address'

/** More than this is a table's job. */
const OFFERED = 12

/** The newest other runs, to be put side by side with this one. */
export function CompareWith({ run }: { readonly run: ListedRun }) {
  const [, navigate] = useLocation()
  const others = (useRuns() ?? []).filter(({ id, archivedAt }) => id !== run.id && archivedAt === null)
  if (others.length === 0) return null
  return (
    <Menu
      label="Compare with"
      items={others.slice(0, OFFERED).map((other) => ({
        id: other.id,
        title: other.name,
        text: lineOf(other),
      }))}
      onPick={(id) => {
        const picked = others.find((other) => other.id === id)
        if (picked !== undefined) navigate(compareAddress([run.id, picked.id]))
      }}
    />
  )
}

function lineOf(run: ListedRun): string {
  const accuracy = resultOf(run)?.evaluation.accuracy
  const reached = accuracy === undefined ? 'not measured' : formatPercent(accuracy)
  return `${run.params.preset}, ${reached}, ${formatMoment(run.status.startedAt)}`
}
