import { useEffect, useState } from 'react'
import type { DrawingState } from '../../stores/drawing'
import { BarList } from '../../ui/bar-list'
import { DigitImage } from '../../ui/digit-image'
import { formatMilliseconds, formatPercent } from '../../ui/format'
import { answerText, readingOf, remarks, type Reader } from './answer-text'
import styles from './draw-screen.module.css'

const CLASSES = 10
/** A screen reader hears the answer once the drawing has rested this long, not at every stroke. */
const REST_MS = 700

interface AnswersProps {
  readonly drawing: DrawingState
  /** One, or two side by side. */
  readonly readers: readonly Reader[]
  readonly empty: boolean
}

/** The answers, what the model saw, how sure each version is of each digit, and what to make of it. */
export function Answers({ drawing, readers, empty }: AnswersProps) {
  const [main] = readers
  const reading = main === undefined || empty ? null : readingOf(drawing, main.id)
  const digit = reading?.kind === 'answer' ? reading.digit : null
  const notes = remarks(drawing, readers, empty)
  const texts = readers.map(({ id, name }) => ({ name, ...answerText(drawing, id, empty) }))
  const spoken = texts.map(({ name, figure, note }) =>
    readers.length > 1 ? `${name}: ${figure}. ${note}` : `${figure}. ${note}`,
  )
  const announced = useRested([...spoken, ...notes].join(' '))
  const { times } = drawing
  return (
    <div className={styles['answer']}>
      <div className={styles['seen']}>
        <DigitImage
          image={digit}
          label={digit ? 'The 28 by 28 pixels the model sees' : 'The model sees nothing yet'}
        />
        {texts.map(({ name, figure, note }) => (
          <div key={name} className={styles['reading']}>
            <span className={styles['label']}>{readers.length > 1 ? name : 'Read as'}</span>
            <span className={styles['figure']}>{figure}</span>
            <span className={styles['note']}>{note}</span>
          </div>
        ))}
      </div>
      <ul className={styles['remarks']} aria-label="Remarks">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
      <div className={styles['bars']}>
        {readers.map((reader) => (
          <Bars key={reader.id} {...{ drawing, reader, empty }} among={readers.length} />
        ))}
      </div>
      <span className={styles['label']}>
        {times === null
          ? 'Answers come while you draw.'
          : `${times.count} readings: half within ${formatMilliseconds(times.p50)}, 95 % within ${formatMilliseconds(times.p95)}.`}
      </span>
      <span className="visually-hidden" role="status">
        {announced}
      </span>
    </div>
  )
}

interface BarsProps extends Omit<AnswersProps, 'readers'> {
  readonly reader: Reader
  readonly among: number
}

function Bars({ drawing, reader, among, empty }: BarsProps) {
  const reading = empty ? null : readingOf(drawing, reader.id)
  const answer = reading?.kind === 'answer' ? reading : null
  return (
    <div>
      {among > 1 && <span className={styles['label']}>{reader.name}</span>}
      <BarList
        label={among > 1 ? `Probability of each digit, ${reader.name}` : 'Probability of each digit'}
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
    </div>
  )
}

function useRested(text: string): string {
  const [rested, setRested] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS)
    return () => clearTimeout(timer)
  }, [text])
  return rested
}
