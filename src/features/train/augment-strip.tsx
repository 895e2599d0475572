import { Shuffle } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import type { AugmentParams } from '../../domain/params/schema'
import { augmentedImage } from '../../domain/training/augment'
import { useDigits } from '../../stores/queries'
import { IconButton } from '../../ui/button'
import { DigitImage } from '../../ui/digit-image'
import { Panel } from '../../ui/panel'
import { stripIndices, STRIP_DIGITS } from './strip-indices'
import styles from './augment-strip.module.css'

interface AugmentStripProps {
  readonly dataset: DatasetRecord
  readonly augment: AugmentParams
  readonly seed: number
}

/** A few training digits as they are, and as one step of this recipe would change them. */
export function AugmentStrip({ dataset, augment, seed }: AugmentStripProps) {
  const [turn, setTurn] = useState(0)
  const count = dataset.train.profile.count
  const indices = useMemo(() => stripIndices(count, turn), [count, turn])
  const digits = useDigits(dataset.id, 'train', indices)
  const pairs = useMemo(
    () =>
      indices.map((_, position) => {
        const image = digits?.images.subarray(position * 784, (position + 1) * 784)
        if (image === undefined || image.length < 784) return { before: null, after: null, label: '' }
        return {
          before: image,
          after: augmentedImage(image, augment, { seed, step: turn, position }),
          label: String(digits?.labels[position] ?? ''),
        }
      }),
    [digits, indices, augment, seed, turn],
  )
  return (
    <Panel
      title="Augmentation"
      note={`${STRIP_DIGITS} training digits`}
      actions={
        <IconButton label="Shuffle: other digits and other changes" onClick={() => setTurn(turn + 1)}>
          <Shuffle aria-hidden />
        </IconButton>
      }
    >
      <div className={styles['strip']} role="group" aria-label="Digits before and after augmentation">
        <span className={styles['name']}>Before</span>
        {pairs.map(({ before, label }, index) => (
          <DigitImage key={index} image={before} label={`${label} before`} className={styles['digit']} />
        ))}
        <span className={styles['name']}>After</span>
        {pairs.map(({ after, label }, index) => (
          <DigitImage key={index} image={after} label={`${label} after`} className={styles['digit']} />
        ))}
      </div>
    </Panel>
  )
}
