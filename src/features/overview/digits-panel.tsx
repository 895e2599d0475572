import { useMemo } from 'react'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { useDigits } from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { describeSource } from '../../ui/dataset-text'
import { DigitGrid } from '../../ui/digit-grid'
import { formatCount } from '../../ui/format'
import { Panel } from '../../ui/panel'

const SHOWN = 200
const NO_DIGITS = new Uint8Array(0)

/** The first digits of the data in use; their place is kept while they load. */
export function DigitsPanel({ dataset }: { readonly dataset: DatasetRecord | null }) {
  const count = Math.min(SHOWN, dataset?.train.profile.count ?? SHOWN)
  const indices = useMemo(() => Array.from({ length: count }, (_, index) => index), [count])
  const digits = useDigits(dataset?.id ?? null, 'train', indices)
  return (
    <Panel
      title={dataset?.name ?? 'Digits'}
      note={
        dataset === null
          ? 'appear here'
          : `${formatCount(dataset.train.profile.count)} to learn from, ${formatCount(dataset.test.profile.count)} to be measured on · ${describeSource(dataset.source)}`
      }
      actions={dataset !== null && <LinkButton href="/data">Open the data</LinkButton>}
    >
      <DigitGrid
        label="The first digits with their labels"
        images={digits?.images ?? NO_DIGITS}
        captions={digits ? Array.from(digits.labels, String) : []}
        reserve={count}
        wholeRows
      />
    </Panel>
  )
}
