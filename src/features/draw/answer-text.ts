import type { DrawingState, Reading } from '../../stores/drawing'
import type { VersionId } from '../../domain/ids'
import { formatMilliseconds, formatPercent } from '../../ui/format'
import { doubtAbout } from './doubts'

/** A version that answers here, and what it is called: "Version 3". */
export interface Reader {
  readonly id: VersionId
  readonly name: string
}

export interface AnswerText {
  /** The digit, or why there is none. */
  readonly figure: string
  readonly note: string
}

type VersionReading = Reading['readings'][number]

export function readingOf(drawing: DrawingState, id: VersionId): VersionReading | null {
  return drawing.reading?.readings.find(({ versionId }) => versionId === id) ?? null
}

/** What one version's place says. */
export function answerText(drawing: DrawingState, id: VersionId, empty: boolean): AnswerText {
  const load = drawing.loads[id]
  if (drawing.broken !== null || (typeof load === 'object' && load !== null))
    return { figure: 'No answer', note: 'see above' }
  if (empty) return { figure: 'Nothing drawn', note: 'Draw a digit, large, in one go' }
  const reading = readingOf(drawing, id)
  if (reading === null) return { figure: '…', note: load === 'ready' ? 'Reading' : 'Loading the model' }
  if (reading.kind === 'nothing-drawn')
    return drawing.reading?.picture
      ? { figure: 'No digit', note: 'Nothing stands out from the ground' }
      : { figure: 'Nothing drawn', note: 'Too little ink to read' }
  const share = reading.probabilities[reading.label] ?? 0
  return {
    figure: String(reading.label),
    note: `${formatPercent(share, 1)} sure · ${formatMilliseconds(reading.milliseconds)}`,
  }
}

/** What should be known of the answers besides: what was done to a picture, doubts, and whether two versions agree. */
export function remarks(drawing: DrawingState, readers: readonly Reader[], empty: boolean): string[] {
  if (empty || drawing.reading === null) return []
  const { picture, digits } = drawing.reading
  const answers = readers.flatMap((reader) => {
    const reading = readingOf(drawing, reader.id)
    return reading?.kind === 'answer' ? [{ name: reader.name, ...reading }] : []
  })
  const [main, beside] = answers
  const doubt = main === undefined ? null : doubtAbout(main.label, main.probabilities, digits)
  return [
    ...(main !== undefined && beside !== undefined
      ? [
          main.label === beside.label
            ? `Both read a ${main.label}.`
            : `They differ: ${main.name} reads a ${main.label}, ${beside.name} a ${beside.label}.`,
        ]
      : []),
    ...(doubt === null ? [] : [doubt]),
    ...(picture === null ? [] : [pictureText(picture)]),
  ]
}

const NOTE_TEXT = {
  'dark-on-light': 'dark ink on light paper, inverted',
  'clear-ground': 'clear ground, its opacity taken as ink',
  specks: 'specks and edges left out',
  thickened: 'a thin line thickened',
} as const

function pictureText({ format, width, height, animated, notes }: NonNullable<Reading['picture']>): string {
  const done = [...(animated ? ['its first frame only'] : []), ...notes.map((note) => NOTE_TEXT[note])]
  return `${format}, ${width} × ${height}${done.length === 0 ? '' : `: ${done.join('; ')}`}.`
}
