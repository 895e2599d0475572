import { useId, type ComponentProps, type ReactNode } from 'react'
import { classNames } from './class-names'
import styles from './field.module.css'

interface FieldFrame {
  readonly label: string
  /** Where the value came from, in a word or two: "default", "params.yaml", "this form". */
  readonly origin?: string | undefined
  /** The value differs from what it would be without the reader's hand. */
  readonly changed?: boolean
  readonly hint?: ReactNode
  readonly error?: string | null | undefined
}

interface FrameProps extends FieldFrame {
  readonly id: string
  readonly children: ReactNode
}

function Frame({ id, label, origin, changed = false, hint, error, children }: FrameProps) {
  return (
    <div className={styles['field']}>
      <div className={styles['head']}>
        <label className={styles['label']} htmlFor={id}>
          {label}
        </label>
        {origin !== undefined && (
          <span
            className={classNames(styles['origin'], changed && styles['changed'])}
            title={`This value comes from ${origin}`}
          >
            {origin}
          </span>
        )}
      </div>
      {children}
      <div id={`${id}-note`} className={error ? styles['error'] : styles['hint']}>
        {error ?? hint}
      </div>
    </div>
  )
}

type InputProps = FieldFrame & Omit<ComponentProps<'input'>, 'id' | 'className'>

/** A labelled input with its origin, and under it a hint or what is wrong. */
export function TextField({ label, origin, changed = false, hint, error, ...rest }: InputProps) {
  const id = useId()
  return (
    <Frame id={id} label={label} origin={origin} changed={changed} hint={hint} error={error}>
      <input
        id={id}
        className={styles['control']}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-note`}
        {...rest}
      />
    </Frame>
  )
}

type SelectProps = FieldFrame &
  Omit<ComponentProps<'select'>, 'id' | 'className' | 'onChange'> & {
    readonly options: readonly { readonly value: string; readonly label: string }[]
    readonly onPick: (value: string) => void
  }

/** A labelled native select. */
export function SelectField({
  label,
  origin,
  changed = false,
  hint,
  error,
  options,
  onPick,
  ...rest
}: SelectProps) {
  const id = useId()
  return (
    <Frame id={id} label={label} origin={origin} changed={changed} hint={hint} error={error}>
      <select
        id={id}
        className={styles['control']}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-note`}
        onChange={(event) => onPick(event.currentTarget.value)}
        {...rest}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  )
}
