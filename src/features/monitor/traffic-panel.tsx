import type { TrafficFigures } from '../../domain/drift/traffic'
import type { ModelVersion } from '../../domain/registry/records'
import { useTraffic } from '../../stores/traffic'
import { LinkButton } from '../../ui/button'
import { Figures } from '../../ui/figures'
import {
  formatCount,
  formatCounted,
  formatMilliseconds,
  formatMoment,
  formatPercent,
  NO_VALUE,
} from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import styles from './signals.module.css'

/** What the version is asked in use, and what people said of its answers. */
export function TrafficPanel({ version }: { readonly version: ModelVersion }) {
  const figures = useTraffic(version.id)
  const since = figures === undefined || figures.from === null ? '' : `since ${formatMoment(figures.from)}`
  return (
    <Panel title="In use" note={since}>
      <Stack>
        <Figures items={itemsOf(figures)} />
        {figures?.count === 0 && (
          <Row>
            <LinkButton href={`/draw?version=${version.version}`}>Draw with it</LinkButton>
            <span className={styles['quiet']}>
              Answers to drawings, pictures and requests are counted here. None has been given yet.
            </span>
          </Row>
        )}
        {figures !== undefined && figures.feedback.count > 0 && (
          <p className={styles['small']}>
            People speak up about wrong answers more readily than about right ones, so the share they call
            right is rather too low than too high.
          </p>
        )}
      </Stack>
    </Panel>
  )
}

function itemsOf(figures: TrafficFigures | undefined) {
  const { count, bySource, confidence, milliseconds, feedback } = figures ?? UNKNOWN
  return [
    {
      label: 'Answers',
      value: figures === undefined ? NO_VALUE : formatCount(count),
      note: `${formatCounted(bySource.draw, 'drawing')}, ${formatCounted(bySource.image, 'picture')}, ${formatCounted(bySource.api, 'request')}`,
    },
    {
      label: 'Mean confidence',
      value: confidence === null ? NO_VALUE : formatPercent(confidence, 1),
      note: 'probability of the answer given',
    },
    {
      label: 'Time of an answer',
      value: milliseconds === null ? NO_VALUE : formatMilliseconds(milliseconds.median),
      note: milliseconds === null ? '' : `median; 95 % within ${formatMilliseconds(milliseconds.p95)}`,
    },
    {
      label: 'Corrected',
      value: count === 0 ? NO_VALUE : formatPercent(Math.min(1, wrong(feedback) / count), 1),
      note: `${formatCount(wrong(feedback))} of ${formatCounted(count, 'answer')}`,
    },
    {
      label: 'Right, by feedback',
      value: feedback.count === 0 ? NO_VALUE : formatPercent(feedback.correct / feedback.count, 1),
      note:
        feedback.interval === null
          ? 'no word on any answer yet'
          : `of ${formatCount(feedback.count)}; 95 % interval ${formatPercent(feedback.interval.low, 0)} to ${formatPercent(feedback.interval.high, 0)}`,
    },
  ]
}

function wrong({ count, correct }: TrafficFigures['feedback']): number {
  return count - correct
}

/** While it is counted. */
const UNKNOWN: TrafficFigures = {
  count: 0,
  bySource: { draw: 0, image: 0, api: 0 },
  from: null,
  to: null,
  confidence: null,
  milliseconds: null,
  feedback: { count: 0, correct: 0, interval: null },
}
