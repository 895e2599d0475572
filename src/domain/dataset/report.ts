import type { Preprocess } from '../image/preprocess'
import { CLASS_COUNT, type DatasetRecord, type SplitProfile } from './dataset'

/** One finding about a dataset, in words. */
export interface ReportLine {
  readonly check: string
  /** `unknown`: nobody looked when it was stored. */
  readonly verdict: 'ok' | 'warning' | 'unknown'
  readonly text: string
}

const GROUPED = new Intl.NumberFormat('en')

/** How far the measured mean and deviation of byte / 255 may lie from the figures that models subtract and divide by. */
const FIGURE_SLACK = 0.02
/** A class that has less than this share of an even one is thin. */
const THIN_SHARE = 0.2
/** Repeated or leaked images beyond this share change what is learned or measured. */
const MOST_REPEATED = 0.01

/**
 * Looks for what commonly goes wrong with a set of digits: missing or thin classes, pixels out of scale, blank and repeated
 * images, test images that training has seen, other figures than preprocessing uses, ink and paper exchanged, rows and columns
 * exchanged. It reads what was noted when the dataset was stored; what was not is `unknown`.
 */
export function validationReport({ train, test, preprocess, leaks }: DatasetRecord): readonly ReportLine[] {
  const splits = [
    { name: 'training', profile: train.profile },
    { name: 'test', profile: test.profile },
  ] as const
  return [
    ...splits.map(({ name, profile }) => classLine(name, profile)),
    ...splits.map(({ name, profile }) => rangeLine(name, profile)),
    blankLine(train.profile, test.profile),
    ...splits.map(({ name, profile }) => duplicateLine(name, profile)),
    leakLine(leaks, test.profile.count),
    figuresLine(train.profile, preprocess),
    polarityLine(train.profile, test.profile),
    orientationLine(train.profile, test.profile),
  ]
}

function line(check: string, isOk: boolean, text: string): ReportLine {
  return { check, verdict: isOk ? 'ok' : 'warning', text }
}

function unlooked(check: string): ReportLine {
  return {
    check,
    verdict: 'unknown',
    text: 'Not looked at when this dataset was stored; store it again to know.',
  }
}

function classLine(split: string, { count, classCounts }: SplitProfile): ReportLine {
  const check = `Classes, ${split}`
  const missing = classCounts.flatMap((found, label) => (found === 0 ? [label] : []))
  if (missing.length > 0)
    return line(check, false, `No image of ${missing.join(', ')}: a model cannot learn or be measured on it.`)
  const even = count / CLASS_COUNT
  const thin = classCounts.flatMap((found, label) => (found < even * THIN_SHARE ? [label] : []))
  const [least, most] = [Math.min(...classCounts), Math.max(...classCounts)]
  const range = `${least === most ? grouped(least) : `${grouped(least)} to ${grouped(most)}`} images of each of the ten digits`
  return thin.length > 0
    ? line(check, false, `${range}; ${thin.join(', ')} have far fewer than an even share.`)
    : line(check, true, `${range}.`)
}

function rangeLine(split: string, { range }: SplitProfile): ReportLine {
  const check = `Pixel range, ${split}`
  if (range === undefined) return unlooked(check)
  const [low, high] = range
  const text = `Bytes from ${low} to ${high}`
  if (high < 128) return line(check, false, `${text}: no pixel has even half of full ink.`)
  return low > 0
    ? line(check, false, `${text}: no pixel is empty paper.`)
    : line(check, true, `${text}, from paper to ink.`)
}

function blankLine(train: SplitProfile, test: SplitProfile): ReportLine {
  const blank = train.blank + test.blank
  return blank === 0
    ? line('Blank images', true, 'None.')
    : line(
        'Blank images',
        false,
        `${grouped(train.blank)} in the training split and ${grouped(test.blank)} in the test split have no ink.`,
      )
}

function duplicateLine(split: string, { duplicates, count }: SplitProfile): ReportLine {
  const check = `Duplicates, ${split}`
  if (duplicates === 0) return line(check, true, 'None.')
  const share = `${((100 * duplicates) / count).toFixed(2)} %`
  return line(
    check,
    duplicates / count <= MOST_REPEATED,
    `${grouped(duplicates)} images (${share}) equal an earlier one of the same split, pixel by pixel.`,
  )
}

function leakLine(leaks: number | undefined, tested: number): ReportLine {
  const check = 'Test images seen in training'
  if (leaks === undefined) return unlooked(check)
  if (leaks === 0) return line(check, true, 'None: no test image is in the training split.')
  const share = `${((100 * leaks) / tested).toFixed(2)} %`
  return line(
    check,
    false,
    `${grouped(leaks)} test images (${share}) are in the training split too: accuracy looks better than it is.`,
  )
}

function figuresLine({ mean, std }: SplitProfile, preprocess: Preprocess): ReportLine {
  const found = `Training pixels have mean ${mean.toFixed(4)} and standard deviation ${std.toFixed(4)}; preprocessing uses ${preprocess.mean} and ${preprocess.std}`
  const isNear =
    Math.abs(mean - preprocess.mean) <= FIGURE_SLACK && Math.abs(std - preprocess.std) <= FIGURE_SLACK
  return line(
    'Mean and deviation',
    isNear,
    isNear
      ? `${found}.`
      : `${found}. Set mnist.normalize_mean and mnist.normalize_std to the measured figures.`,
  )
}

function polarityLine(train: SplitProfile, test: SplitProfile): ReportLine {
  const check = 'Ink and paper'
  if (train.borderMean === undefined || test.borderMean === undefined) return unlooked(check)
  const most = Math.max(train.borderMean, test.borderMean)
  return most > 0.5
    ? line(
        check,
        false,
        `The border is ${(100 * most).toFixed(0)} % ink: the digits look inverted, dark on light paper.`,
      )
    : line(check, true, 'The border is paper: light ink on dark, as models expect it.')
}

function orientationLine(train: SplitProfile, test: SplitProfile): ReportLine {
  const check = 'Orientation'
  if (train.uprightOnes === undefined || test.uprightOnes === undefined) return unlooked(check)
  const known = [train.uprightOnes, test.uprightOnes].filter((ratio) => ratio !== null)
  if (known.length === 0) return { check, verdict: 'unknown', text: 'There are no ones to tell it by.' }
  const least = Math.min(...known)
  return least < 1
    ? line(check, false, 'The ones lie on their side: rows and columns look exchanged, as in EMNIST’s files.')
    : line(
        check,
        true,
        `The ones stand upright: their ink spreads ${least.toFixed(1)} times as far over rows as over columns.`,
      )
}

/** 5421 → "5,421". */
function grouped(count: number): string {
  return GROUPED.format(count)
}
