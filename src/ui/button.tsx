import type { ComponentProps, ReactNode } from 'react'
import { Link } from 'wouter'
import styles from './button.module.css'
import { classNames } from './class-names'

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger'

type ButtonProps = ComponentProps<'button'> & { readonly kind?: ButtonKind }

function classOf(kind: ButtonKind, extra?: string): string {
  return classNames(
    styles['button'],
    kind === 'primary' && styles['primary'],
    kind === 'quiet' && styles['quiet'],
    kind === 'danger' && styles['danger'],
    extra,
  )
}

export function Button({ kind = 'plain', className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={classOf(kind, className)} {...rest} />
}

/** A button that shows only an icon; `label` is its accessible name and its tooltip. */
export function IconButton({
  label,
  kind = 'quiet',
  className,
  children,
  ...rest
}: ButtonProps & { readonly label: string; readonly children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classNames(classOf(kind, className), styles['icon'])}
      {...rest}
    >
      {children}
    </button>
  )
}

/** A link that looks like a button: for going somewhere, never for doing something. */
export function LinkButton({
  href,
  kind = 'plain',
  children,
}: {
  readonly href: string
  readonly kind?: ButtonKind
  readonly children: ReactNode
}) {
  return (
    <Link href={href} className={classOf(kind)}>
      {children}
    </Link>
  )
}
