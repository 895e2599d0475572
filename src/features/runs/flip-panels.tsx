import { useMemo, useState } from 'react'
import type { Flip, Flips } from '../../domain/registry/comparison'
import { useDigits, type TableRun } from '../../stores/queries'
import { Button } from '../../ui/button'
import { DigitGrid } from '../../ui/digit-grid'
import { formatCount } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'

const PAGE = 40
const NO_DIGITS = new Uint8Array(0)

interface FlipPanelsProps {
  readonly first: TableRun
  readonly second: TableRun
  readonly flips: Flips
}

/** The digits whose reading changed, with their images. */
export function FlipPanels({ first, second, flips }: FlipPanelsProps) {
  const groups = [
    { title: `Right in ${first.name}, wrong in ${second.name}`, list: flips.lost },
    { title: `Wrong in ${first.name}, right in ${second.name}`, list: flips.gained },
    { title: 'Wrong in both, each in its own way', list: flips.otherwise },
  ]
  return groups.map(
    ({ title, list }) =>
      list.length > 0 && (
        <Panel key={title} title={title} note={`${formatCount(list.length)}, as “is: first → second”`}>
          <FlipGrid run={first} label={title} flips={list} />
        </Panel>
      ),
  )
}

interface FlipGridProps {
  readonly run: TableRun
  readonly label: string
  readonly flips: readonly Flip[]
}

function FlipGrid({ run, label, flips }: FlipGridProps) {
  const [count, setCount] = useState(PAGE)
  const shown = useMemo(() => flips.slice(0, count), [flips, count])
  const indices = useMemo(() => shown.map(({ index }) => index), [shown])
  const digits = useDigits(run.dataset.id, 'test', indices)
  return (
    <Stack>
      <DigitGrid
        label={label}
        images={digits?.images ?? NO_DIGITS}
        captions={digits ? shown.map(({ actual, first, second }) => `${actual}: ${first} → ${second}`) : []}
        reserve={shown.length}
        size={48}
        captionWidth={72}
      />
      {flips.length > shown.length && (
        <Row>
          <Button onClick={() => setCount(count + PAGE)}>
            Show {formatCount(Math.min(PAGE, flips.length - shown.length))} more of{' '}
            {formatCount(flips.length)}
          </Button>
        </Row>
      )}
    </Stack>
  )
}
