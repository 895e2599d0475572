import { useState, type FormEvent } from 'react'
import { foreignPreprocess, PIXEL_RANGES, type PixelRange } from '../../domain/bundle/readings'
import type { Preprocess } from '../../domain/image/preprocess'
import { Button } from '../../ui/button'
import { SelectField, TextField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import { Segmented } from '../../ui/segmented'
import styles from './bundle.module.css'

interface PreprocessFormProps {
  /** Of the files that are waiting. */
  readonly names: readonly string[]
  readonly onAnswer: (preprocess: Preprocess) => void
  readonly onCancel: () => void
}

type Choice = PixelRange | 'custom'

const CHOICES = [
  ...PIXEL_RANGES.map(({ range, name }) => ({ value: range, label: name })),
  { value: 'custom', label: 'another mean and deviation' },
]

/** What a foreign model's pixels were: nothing in its files says so, and a wrong answer ruins every reading. */
export function PreprocessForm({ names, onAnswer, onCancel }: PreprocessFormProps) {
  const [choice, setChoice] = useState<Choice>('unit')
  const [polarity, setPolarity] = useState<'light' | 'dark'>('light')
  const [mean, setMean] = useState('0.1307')
  const [std, setStd] = useState('0.3081')
  const range = PIXEL_RANGES.find((known) => known.range === choice)
  const figures = range ?? { mean: Number(mean), std: Number(std) }
  const meanProblem = range === undefined && !isFigure(mean) ? 'A number, for example 0.1307' : null
  const stdProblem =
    range === undefined && !(isFigure(std) && Number(std) > 0) ? 'A number above 0, for example 0.3081' : null

  function submit(event: FormEvent) {
    event.preventDefault()
    if (meanProblem !== null || stdProblem !== null) return
    onAnswer(foreignPreprocess(figures.mean, figures.std, polarity === 'dark'))
  }

  return (
    <form onSubmit={submit} aria-label="Preprocessing of the model">
      <Stack>
        <p className={styles['note']}>
          {names.join(', ')}: which pixels was it trained on? Its files do not say, and with a wrong answer it
          reads badly.
        </p>
        <SelectField
          label="Pixels"
          value={choice}
          options={CHOICES}
          onPick={(value) =>
            setChoice(CHOICES.some((known) => known.value === value) ? (value as Choice) : 'unit')
          }
        />
        {range === undefined && (
          <Row>
            <TextField
              label="Mean"
              inputMode="decimal"
              hint="Of pixels from 0 to 1"
              value={mean}
              error={meanProblem}
              onChange={(event) => setMean(event.currentTarget.value)}
            />
            <TextField
              label="Standard deviation"
              inputMode="decimal"
              value={std}
              error={stdProblem}
              onChange={(event) => setStd(event.currentTarget.value)}
            />
          </Row>
        )}
        <Segmented
          label="Ink"
          value={polarity}
          options={[
            { value: 'light', label: 'Light ink on dark (as MNIST)' },
            { value: 'dark', label: 'Dark ink on light' },
          ]}
          onChange={setPolarity}
        />
        <Row>
          <Button type="submit" kind="primary" disabled={meanProblem !== null || stdProblem !== null}>
            Import with this
          </Button>
          <Button onClick={onCancel}>Leave it</Button>
        </Row>
      </Stack>
    </form>
  )
}

function isFigure(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text)) && Math.abs(Number(text)) <= 1000
}
