import styles from './check-list.module.css'

interface CheckListProps<Value extends string> {
  /** Named in the legend, which only assistive technology hears where a heading stands beside the list. */
  readonly label: string
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly chosen: readonly Value[]
  readonly disabled?: boolean
  readonly onChoose: (value: Value, wanted: boolean) => void
}

/** Some of several: native checkboxes in a line, wrapping. */
export function CheckList<Value extends string>(props: CheckListProps<Value>) {
  const { label, options, chosen, disabled = false, onChoose } = props
  return (
    <fieldset className={styles['list']} disabled={disabled}>
      <legend className={styles['legend']}>{label}</legend>
      {options.map(({ value, label: text }) => (
        <label key={value} className={styles['option']}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) => onChoose(value, event.currentTarget.checked)}
          />
          {text}
        </label>
      ))}
    </fieldset>
  )
}
