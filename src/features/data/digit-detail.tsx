import type { DatasetId } from '../../domain/ids'
import { useDigits, type useTestPredictions } from '../../stores/queries'

import { DigitImage } from '../../ui/digit-image'
import { Facts } from '../../ui/figures'
import { formatCount, formatPercent } from '../../ui/format'
import { Stack } from '../../ui/layout'
import styles from './digit-wall.module.css'

type Answers = NonNullable<ReturnType<typeof useTestPredictions>>

interface DigitDetailProps {
  readonly datasetId: DatasetId
  readonly split: 'train' | 'test'
  /** Within the split. */
  readonly index: number
  /** What a run answered for each image of the test split. */
  readonly answers: Answers | null
}

const NAMES = { train: 'training', test: 'test' } as const

/** One digit, large, with its bytes and what a run answered. */
export function DigitDetail({ datasetId, split, index, answers }: DigitDetailProps) {
  const digit = useDigits(datasetId, split, [index]) ?? null
  const label = digit?.labels[0]
  const answer = answers?.labels[index]
  return (
    <section className={styles['detail']} aria-label="The digit looked at">
      <DigitImage
        image={digit?.images ?? null}
        label={`Image ${formatCount(index)} of the ${NAMES[split]} split`}
        className={styles['large']}
      />
      <Stack>
        <Facts
          items={[
            { name: 'Image', value: `${formatCount(index)} of the ${NAMES[split]} split, counted from 0` },
            { name: 'Label', value: label ?? '' },
            {
              name: 'Answer',
              value:
                answers === null || answer === undefined
                  ? 'no run chosen that was tested on it'
                  : `${answer}, ${formatPercent(answers.confidence[index] ?? 0, 1)} sure${answer === label ? '' : ': wrong'}`,
            },
            { name: 'Ink', value: digit === null ? '' : inkText(digit.images) },
          ]}
        />
        <details>
          <summary>Pixel values</summary>
          <pre className={styles['bytes']} tabIndex={0} aria-label="Bytes row by row, 0 paper, 255 ink">
            {digit === null ? '' : bytesText(digit.images)}
          </pre>
        </details>
      </Stack>
    </section>
  )
}

function inkText(image: Uint8Array): string {
  const inked = image.filter((byte) => byte > 0).length
  const mean = image.reduce((sum, byte) => sum + byte, 0) / image.length / 255
  return `${inked} of 784 pixels, mean ${mean.toFixed(4)}`
}

function bytesText(image: Uint8Array): string {
  return Array.from({ length: 28 }, (_, row) =>
    Array.from(image.subarray(row * 28, (row + 1) * 28), (byte) => String(byte).padStart(3)).join(' '),
  ).join('\n')
}
