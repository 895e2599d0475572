import type { DatasetRecord } from '../../domain/dataset/dataset'
import type { DatasetId } from '../../domain/ids'
import { SelectField } from '../../ui/field'
import { formatCount, formatCounted } from '../../ui/format'

export interface DatasetChoice {
  readonly datasetId: DatasetId | null
  readonly split: 'train' | 'test'
}

interface DatasetFieldsProps {
  readonly datasets: readonly DatasetRecord[]
  readonly choice: DatasetChoice
  readonly disabled: boolean
  readonly onChoose: (choice: DatasetChoice) => void
}

/** A stored dataset and one of its splits. */
export function DatasetFields({ datasets, choice, disabled, onChoose }: DatasetFieldsProps) {
  const dataset = datasets.find(({ id }) => id === choice.datasetId)
  return (
    <>
      <SelectField
        label="Dataset"
        hint={
          dataset === undefined
            ? 'None is stored'
            : formatCounted(dataset[choice.split].profile.count, 'image')
        }
        options={datasets.map(({ id, name, digest }) => ({
          value: id,
          label:
            datasets.filter((other) => other.name === name).length > 1
              ? `${name} (${digest.slice(0, 8)})`
              : name,
        }))}
        value={choice.datasetId ?? ''}
        disabled={disabled || datasets.length === 0}
        onPick={(value) => {
          const found = datasets.find(({ id }) => id === value)
          if (found) onChoose({ ...choice, datasetId: found.id })
        }}
      />
      <SelectField
        label="Split"
        hint={choice.split === 'train' ? 'Digits to learn from' : 'Digits to be measured on'}
        options={(['test', 'train'] as const).map((split) => ({
          value: split,
          label: dataset === undefined ? split : `${split} (${formatCount(dataset[split].profile.count)})`,
        }))}
        value={choice.split}
        disabled={disabled}
        onPick={(value) => onChoose({ ...choice, split: value === 'train' ? 'train' : 'test' })}
      />
    </>
  )
}
