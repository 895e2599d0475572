import { macroAverages, occurring, weightedAverages, type ClassAverages } from './averages'
import type { Evaluation } from './evaluation'

const COLUMNS = ['precision', 'recall', 'f1-score', 'support'] as const
const WIDTH = 9
/** Of "weighted avg", the longest name of a line. */
const NAME_WIDTH = 12

/** The classification report as scikit-learn prints it, two digits after the point. */
export function classificationReportText(evaluation: Evaluation): string {
  const { accuracy, count } = evaluation
  const classes = occurring(evaluation).map(({ label, support, ...scores }) =>
    line(String(label), scores, support),
  )
  const heading = `${' '.repeat(NAME_WIDTH)} ${COLUMNS.map((title) => ` ${title.padStart(WIDTH)}`).join('')}`
  const overall = [
    `${'accuracy'.padStart(NAME_WIDTH)} ${' '.repeat(2 * (WIDTH + 1))}${cell(twoDigits(accuracy))}${cell(String(count))}`,
    line('macro avg', macroAverages(evaluation), count),
    line('weighted avg', weightedAverages(evaluation), count),
  ]
  return `${[heading, '', ...classes, '', ...overall].join('\n')}\n`
}

function line(name: string, { precision, recall, f1 }: ClassAverages, support: number): string {
  const cells = [precision, recall, f1].map((score) => cell(twoDigits(score)))
  return `${name.padStart(NAME_WIDTH)} ${cells.join('')}${cell(String(support))}`
}

/** Of scores that lie exactly between two, Python writes the even one: 0.125 as 0.12. */
function twoDigits(score: number): string {
  const eighths = score * 8
  const between = Number.isInteger(eighths) && eighths % 2 !== 0
  return between ? (Math.floor(score * 50 + 0.5) / 50).toFixed(2) : score.toFixed(2)
}

function cell(text: string): string {
  return ` ${text.padStart(WIDTH)}`
}
