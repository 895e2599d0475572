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

type InputProps = FieldFrame &
  Omit<ComponentProps<'input'>, 'id' | 'className'> & {
    /** What the number counts, in a word: "epochs", "px". */
    readonly unit?: string | undefined
  }

/** A labelled input with its origin and its unit, and under it a hint or what is wrong. */
export function TextField({ label, origin, changed = false, hint, error, unit, ...rest }: InputProps) {
  const id = useId()
  return (
    <Frame id={id} label={label} origin={origin} changed={changed} hint={hint} error={error}>
      <div className={styles['line']}>
        <input
          id={id}
          className={styles['control']}
          aria-invalid={error ? true : undefined}
          aria-describedby={unit === undefined ? `${id}-note` : `${id}-unit ${id}-note`}
          {...rest}
        />
        {unit !== undefined && (
          <span id={`${id}-unit`} className={styles['unit']}>
            {unit}
          </span>
        )}
      </div>
    </Frame>
  )
}

type CheckProps = FieldFrame & {
  readonly checked: boolean
  readonly disabled?: boolean
  readonly onCheck: (checked: boolean) => void
}

/** A labelled switch between off and on. */
export function CheckField({ label, origin, changed = false, hint, error, onCheck, ...rest }: CheckProps) {
  const id = useId()
  return (
    <Frame id={id} label={label} origin={origin} changed={changed} hint={hint} error={error}>
      <div className={styles['check']}>
        <input
          id={id}
          type="checkbox"
          aria-describedby={`${id}-note`}
          onChange={(event) => onCheck(event.currentTarget.checked)}
          {...rest}
        />
        <span aria-hidden>{rest.checked ? 'On' : 'Off'}</span>
      </div>
    </Frame>
  )
}

type SelectProps = FieldFrame &
  Omit<ComponentProps<'select'>, 'id' | 'className' | 'onChange'> & {
    readonly options: readonly {
      readonly value: string
      readonly label: string
      /** Cannot be had here; its label says why. */
      readonly disabled?: boolean
    }[]
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
          <option key={option.value} value={option.value} disabled={option.disabled === true}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  )
}
