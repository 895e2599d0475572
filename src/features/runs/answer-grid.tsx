import { useMemo, useState } from 'react'
import { useDigits, useLabels, useTestPredictions, type ListedRun } from '../../stores/queries'
import { Button } from '../../ui/button'
import { DigitGrid } from '../../ui/digit-grid'
import { formatCount, formatPercent } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { selectAnswers } from './misreads'

const PAGE = 60
const NO_DIGITS = new Uint8Array(0)

interface AnswerGridProps {
  readonly run: ListedRun
  readonly filter: { readonly actual: number; readonly predicted: number } | null
  /** How many there must be, from the confusion matrix: space is kept for them. */
  readonly expected: number
}

/** Test digits with what they are, what they were read as, and how sure the model was. */
export function AnswerGrid({ run, filter, expected }: AnswerGridProps) {
  const labels = useLabels(run.dataset.id, 'test')
  const answers = useTestPredictions(run.id)
  const [shownCount, setShownCount] = useState(PAGE)
  const found = useMemo(
    () => (labels && answers ? selectAnswers(labels, answers, filter) : null),
    [labels, answers, filter],
  )
  const shown = useMemo(() => found?.slice(0, shownCount) ?? [], [found, shownCount])
  const indices = useMemo(() => shown.map(({ index }) => index), [shown])
  const digits = useDigits(run.dataset.id, 'test', indices)

  if (labels === null || answers === null)
    return (
      <Notice tone="info" title="The digits cannot be shown">
        <p>
          {labels === null
            ? `The dataset ${run.dataset.name} is no longer stored. Load it again from Data: the same digits bring them back.`
            : 'This run kept no answers for single test digits.'}
        </p>
      </Notice>
    )
  return (
    <Stack>
      <DigitGrid
        label="Test digits: what each is, what it was read as, how sure the model was"
        images={digits?.images ?? NO_DIGITS}
        captions={digits ? shown.map(captionOf) : []}
        reserve={Math.min(expected, shownCount)}
        size={48}
        captionWidth={88}
      />
      {found !== null && found.length > shown.length && (
        <Row>
          <Button onClick={() => setShownCount(shownCount + PAGE)}>
            Show {formatCount(Math.min(PAGE, found.length - shown.length))} more of{' '}
            {formatCount(found.length)}
          </Button>
        </Row>
      )}
    </Stack>
  )
}

function captionOf({
  actual,
  predicted,
  confidence,
}: {
  actual: number
  predicted: number
  confidence: number
}) {
  return `${actual} → ${predicted} · ${formatPercent(confidence, 0)}`
}
