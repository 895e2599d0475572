import { useEffect, useState } from 'react'
import type { DrawingState, Reading } from '../../stores/drawing'
import { BarList } from '../../ui/bar-list'
import { DigitImage } from '../../ui/digit-image'
import { formatMilliseconds, formatPercent } from '../../ui/format'
import styles from './draw-screen.module.css'

const CLASSES = 10
/** A screen reader hears the answer once the drawing has rested this long, not at every stroke. */
const REST_MS = 700

interface AnswerProps {
  readonly drawing: DrawingState
  readonly empty: boolean
}

/** The answer, what the model saw, and how sure it is of each digit. */
export function Answer({ drawing, empty }: AnswerProps) {
  const reading = drawing.state === 'ready' && !empty ? drawing.reading : null
  const answer = reading?.kind === 'answer' ? reading : null
  const text = textOf(drawing, reading, empty)
  const announced = useRested(`${text.figure}. ${text.note}`)
  return (
    <div className={styles['answer']}>
      <div className={styles['seen']}>
        <DigitImage
          image={answer?.digit ?? null}
          label={answer ? 'The 28 by 28 pixels the model sees' : 'The model sees nothing yet'}
        />
        <div className={styles['reading']}>
          <span className={styles['label']}>Read as</span>
          <span className={styles['figure']}>{text.figure}</span>
          <span className={styles['note']}>{text.note}</span>
        </div>
      </div>
      <BarList
        label="Probability of each digit"
        bars={Array.from({ length: CLASSES }, (_, digit) => {
          const share = answer?.probabilities[digit] ?? 0
          return {
            label: String(digit),
            share,
            value: answer ? formatPercent(share, 1) : '–',
            leading: answer?.label === digit,
          }
        })}
      />
      <span className="visually-hidden" role="status">
        {announced}
      </span>
    </div>
  )
}

function textOf(
  drawing: DrawingState,
  reading: Reading | null,
  empty: boolean,
): { readonly figure: string; readonly note: string } {
  if (empty) return { figure: 'Nothing drawn', note: 'Draw a digit, large, in one go' }
  if (drawing.state === 'failed') return { figure: 'No answer', note: 'see above' }
  if (drawing.state !== 'ready' || reading === null) return { figure: '…', note: 'Loading the model' }
  if (reading.kind === 'nothing-drawn') return { figure: 'Nothing drawn', note: 'Too little ink to read' }
  const share = reading.probabilities[reading.label] ?? 0
  return {
    figure: String(reading.label),
    note: `${formatPercent(share, 1)} sure · ${formatMilliseconds(reading.milliseconds)}`,
  }
}

function useRested(text: string): string {
  const [rested, setRested] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS)
    return () => clearTimeout(timer)
  }, [text])
  return rested
}
