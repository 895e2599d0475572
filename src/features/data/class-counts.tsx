import { useState } from 'react'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { BarList } from '../../ui/bar-list'
import { formatCount, formatPercent } from '../../ui/format'
import { Panel } from '../../ui/panel'
import { Segmented } from '../../ui/segmented'

const SPLITS = [
  { value: 'train', label: 'Training' },
  { value: 'test', label: 'Test' },
] as const

/** Images of each class: an uneven set shows at a glance. */
export function ClassCounts({ dataset }: { readonly dataset: DatasetRecord }) {
  const [split, setSplit] = useState<'train' | 'test'>('train')
  const { classCounts, count } = dataset[split].profile
  const most = Math.max(1, ...classCounts)
  return (
    <Panel
      title="Images of each class"
      actions={<Segmented label="Split" value={split} options={SPLITS} onChange={setSplit} />}
    >
      <BarList
        label={`Images of each class in the ${split} split`}
        bars={classCounts.map((value, label) => ({
          label: String(label),
          share: value / most,
          value: `${formatCount(value)} · ${formatPercent(value / Math.max(1, count), 1)}`,
        }))}
      />
    </Panel>
  )
}
