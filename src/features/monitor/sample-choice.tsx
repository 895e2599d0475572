import { SelectField } from '../../ui/field'
import { formatCount } from '../../ui/format'

/** How many images of a window are looked at. */
export interface SampleChoice {
  readonly sample: number | null
  readonly seed: number
}

const SIZES = [50, 200, 500, 1_000, 2_000, 5_000, 10_000]
const SEEDS = 10

interface SampleFieldsProps {
  readonly choice: SampleChoice
  readonly disabled: boolean
  /** A window may also be looked at whole. */
  readonly whole: boolean
  readonly onChoose: (choice: SampleChoice) => void
}

/** Size and number of a random sample: stored images may be ordered, so the first ones are none. */
export function SampleFields({ choice, disabled, whole, onChoose }: SampleFieldsProps) {
  const sizes = SIZES.map((size) => ({ value: String(size), label: formatCount(size) }))
  const options = whole ? [...sizes, { value: 'all', label: 'All' }] : sizes
  return (
    <>
      <SelectField
        label="Images"
        hint="At most, drawn at random"
        options={options}
        value={choice.sample === null ? 'all' : String(choice.sample)}
        disabled={disabled}
        onPick={(value) => onChoose({ ...choice, sample: value === 'all' ? null : Number(value) })}
      />
      <SelectField
        label="Sample"
        hint="Another number, other images"
        options={Array.from({ length: SEEDS }, (_, seed) => ({
          value: String(seed + 1),
          label: `No. ${seed + 1}`,
        }))}
        value={String(choice.seed)}
        disabled={disabled || choice.sample === null}
        onPick={(value) => onChoose({ ...choice, seed: Number(value) })}
      />
    </>
  )
}
