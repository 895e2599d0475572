import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import styles from './digest.module.css'
import { shortDigest } from './format'

const SHOWN_MS = 1500

/** A digest or id, short, whole on hover, copied by a press. */
export function Digest({ value, what }: { readonly value: string; readonly what: string }) {
  const [copied, setCopied] = useState(false)

  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [copied])

  function copy() {
    navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }

  return (
    <button
      type="button"
      className={styles['digest']}
      title={`${value}, press to copy`}
      aria-label={`${what} ${shortDigest(value)}, copy whole`}
      onClick={copy}
    >
      {shortDigest(value)}
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span className="visually-hidden" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </button>
  )
}
