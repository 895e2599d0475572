import { Check } from 'lucide-react'
import { useId, type KeyboardEvent } from 'react'
import type { Feedback } from '../../domain/registry/traffic'
import { Button } from '../../ui/button'
import { classNames } from '../../ui/class-names'
import { Row } from '../../ui/layout'
import styles from './draw-screen.module.css'

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit)

interface VerdictProps {
  /** What the main version answered; null while it has not. */
  readonly answered: number | null
  /** What was said of this answer before. */
  readonly given: Feedback | null
  readonly onSay: (label: number) => void
  readonly onTakeBack: (given: Feedback) => void
}

/** The row of digits takes the keyboard when somebody says that an answer is wrong. */
export const VERDICT_ROW = 'verdict-row'

/** "Right", or "No, it was a 4": a word on the answer, kept with the digit. */
export function Verdict({ answered, given, onSay, onTakeBack }: VerdictProps) {
  const name = useId()

  function onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') document.getElementById('drawing-area')?.focus()
    else if (/^\d$/.test(event.key) && answered !== null) onSay(Number(event.key))
    else return
    event.preventDefault()
  }

  return (
    <div className={styles['verdict']} role="group" aria-label="Was it read right?" onKeyDown={onKey}>
      <Row between>
        <span className={styles['said']} role="status">
          {saidText(answered, given)}
        </span>
        <span className={given === null ? styles['hidden'] : undefined}>
          <Button kind="quiet" disabled={given === null} onClick={() => given !== null && onTakeBack(given)}>
            Take back
          </Button>
        </span>
      </Row>
      <div className={styles['row']}>
        <Button
          aria-pressed={given !== null && given.label === given.answered}
          className={classNames(given !== null && given.label === given.answered && styles['pressed'])}
          disabled={answered === null}
          onClick={() => answered !== null && onSay(answered)}
        >
          <Check aria-hidden />
          Right
        </Button>
        <span id={name} className={styles['label']}>
          No, it was
        </span>
      </div>
      <div className={styles['samples']} role="group" aria-labelledby={name} id={VERDICT_ROW}>
        {DIGITS.map((digit) => (
          <Button
            key={digit}
            aria-label={`It was a ${digit}`}
            aria-pressed={given?.label === digit}
            className={classNames(given?.label === digit && styles['pressed'])}
            disabled={answered === null}
            onClick={() => onSay(digit)}
          >
            {digit}
          </Button>
        ))}
      </div>
    </div>
  )
}

function saidText(answered: number | null, given: Feedback | null): string {
  if (answered === null) return 'Was it read right? Your word is kept to learn from.'
  if (given === null) return `Was it a ${answered}?`
  return given.label === given.answered
    ? `Kept: ${given.answered} was right.`
    : `Kept: it was a ${given.label}, not a ${given.answered}.`
}
