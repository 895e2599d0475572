import { describe, expect, test } from 'vitest'
import { CLASS_COUNT } from '../dataset/dataset'
import { parseSha256 } from '../ids'
import type { DriftBaseline } from '../metrics/baseline'
import { PURPOSE, randomUnit, streamKey } from '../random'
import { drawFromBins } from './hypergeometric'
import { sharesOf, stabilityIndex } from './psi'
import { driftSignals, SIGNIFICANCE, type WindowCounts, worstVerdict } from './signals'

/** Images of each class in MNIST's training split: the population that windows and references are drawn from. */
const TRAIN = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
const WINDOWS = 250
const THRESHOLD = 0.2
/** So many standard errors may an estimated share lie above its bound. */
const ERRORS = 3

interface Counts {
  readonly labels: number[]
  readonly predictions: number[]
  readonly margins: number[]
}

/** A table from which one uniform number picks a class with its share. */
const ALIAS = Uint8Array.from({ length: 60_000 }, (_, at) => {
  let before = 0
  return TRAIN.findIndex((count) => (before += count) > at)
})

/** Images of one population: a label, an answer that is wrong for two in a hundred, and a margin's decile. */
function draw(count: number, key: number): Counts {
  const counts = [0, 1, 2].map(() => Array.from({ length: CLASS_COUNT }, () => 0))
  const [labels, predictions, margins] = counts as [number[], number[], number[]]
  for (let image = 0; image < count; image++) {
    const label = ALIAS[Math.floor(randomUnit(key, 4 * image) * ALIAS.length)] ?? 0
    const misread = randomUnit(key, 4 * image + 1) < 0.02
    const answer = misread ? Math.floor(randomUnit(key, 4 * image + 2) * CLASS_COUNT) : label
    const decile = Math.floor(randomUnit(key, 4 * image + 3) * CLASS_COUNT)
    labels[label] = (labels[label] ?? 0) + 1
    predictions[answer] = (predictions[answer] ?? 0) + 1
    margins[decile] = (margins[decile] ?? 0) + 1
  }
  return { labels, predictions, margins }
}

/** A reference is a sample, too: its labels are those of a training split, its answers those to a test split. */
function reference(number: number, trained: number, tested: number): DriftBaseline {
  const key = streamKey(number, PURPOSE.driftWindow, 1)
  const answers = TRAIN.map((count) => 0.98 * count + 0.02 * 6_000)
  const edges = Array.from({ length: CLASS_COUNT - 1 }, (_, edge) => edge + 1)
  return {
    labels: sample(TRAIN, trained, key, 0),
    predictions: sample(answers, tested, key, 10),
    margin: {
      edges,
      counts: sample(
        TRAIN.map(() => 6_000),
        tested,
        key,
        20,
      ),
    },
    count: tested,
    splitDigest: parseSha256('0'.repeat(64)),
  }
}

/** From a population so large that drawing from it changes nothing. */
function sample(shares: readonly number[], size: number, key: number, first: number): number[] {
  const into = shares.map(() => 0)
  drawFromBins(
    shares.map((share) => Math.round(share * 1e6)),
    size,
    key,
    first,
    into,
  )
  return into
}

function window(size: number, number: number): WindowCounts {
  const { labels, predictions, margins } = draw(size, streamKey(number, PURPOSE.driftWindow, 3 + size))
  return { labels, answers: { predictions, margins } }
}

/** Shares of the windows, each against a reference of its own, with any signal at this verdict. */
function rates(size: number, trained: number, tested: number): { drift: number; watch: number } {
  const found = { drift: 0, watch: 0 }
  for (let number = 0; number < WINDOWS; number++) {
    const signals = driftSignals(window(size, number), reference(number, trained, tested), THRESHOLD)
    const verdict = worstVerdict(signals)
    if (verdict === 'drift' || verdict === 'watch') found[verdict]++
  }
  return { drift: found.drift / WINDOWS, watch: found.watch / WINDOWS }
}

describe.each([
  {
    name: 'MNIST’s references (60,000 labels, 10,000 answers)',
    trained: 60_000,
    tested: 10_000,
    sizes: [130, 200, 400, 600, 1_000, 2_000, 5_000, 10_000],
  },
  {
    name: 'small references (800 labels, 400 answers)',
    trained: 800,
    tested: 400,
    sizes: [200, 2_000],
  },
])('false alarms against $name', ({ trained, tested, sizes }) => {
  test.for(sizes)('in windows of %i images', async (size, { annotate }) => {
    const { drift, watch } = rates(size, trained, tested)
    await annotate(`${trained}/${tested}, ${size} images: drift ${drift}, watch ${watch}`)
    expect(drift).toBeLessThanOrEqual(0.05)
    expect(drift + watch).toBeLessThanOrEqual(
      SIGNIFICANCE + ERRORS * Math.sqrt((SIGNIFICANCE * (1 - SIGNIFICANCE)) / WINDOWS),
    )
  })

  test.each([5, 10, 20, 50, 100])('windows of %i images are too small to say anything', (size) => {
    for (let number = 0; number < 10; number++) {
      const signals = driftSignals(window(size, number), reference(number, trained, tested), THRESHOLD)
      expect(signals.map(({ verdict }) => verdict)).toEqual(signals.map(() => 'not-enough-data'))
    }
  })
})

describe('the bare index against the fixed threshold is mostly chance in small windows', () => {
  const shares = sharesOf(TRAIN)
  test.each([
    { size: 20, expected: 0.937 },
    { size: 50, expected: 0.44 },
    { size: 100, expected: 0.033 },
    { size: 150, expected: 0.001 },
    { size: 500, expected: 0 },
  ])('P(index ≥ 0.2) at $size images is $expected', ({ size, expected }) => {
    const tries = 4_000
    let above = 0
    for (let number = 0; number < tries; number++) {
      const { labels } = draw(size, streamKey(number, PURPOSE.driftWindow, 100_000 + size))
      if (stabilityIndex(sharesOf(labels), shares) >= THRESHOLD) above++
    }
    const error = Math.sqrt((expected * (1 - expected)) / tries)
    expect(Math.abs(above / tries - expected)).toBeLessThanOrEqual(4 * error + 0.002)
  })
})
