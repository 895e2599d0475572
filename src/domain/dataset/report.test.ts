import { describe, expect, it } from 'vitest'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../image/preprocess'
import type { DatasetRecord, LabelledImages, SplitProfile } from './dataset'
import { countLeaks, profileSplit } from './profile'
import { validationReport } from './report'

const good: SplitProfile = {
  count: 1000,
  classCounts: Array.from({ length: 10 }, () => 100),
  mean: 0.131,
  std: 0.308,
  blank: 0,
  duplicates: 0,
  range: [0, 255],
  borderMean: 0,
  uprightOnes: 9,
}

function report(changes: Partial<SplitProfile> = {}, more: Partial<DatasetRecord> = {}) {
  const split = { profile: { ...good, ...changes } }
  const record = { train: split, test: { profile: good }, preprocess: MNIST_PREPROCESS, leaks: 0, ...more }
  const lines = validationReport(record as Partial<DatasetRecord> as DatasetRecord)
  return new Map(lines.map(({ check, verdict, text }) => [check, `${verdict}: ${text}`]))
}

/** An image with ink in one column (a standing stroke) or one row. */
function stroke(standing: boolean): Uint8Array {
  const image = new Uint8Array(IMAGE_PIXELS)
  for (let at = 4; at < 24; at++) image[standing ? at * 28 + 14 : 14 * 28 + at] = 255
  image[standing ? 14 * 28 + 13 : 13 * 28 + 14] = 255
  return image
}

function split(images: readonly Uint8Array[], label = 1): LabelledImages {
  const bytes = Uint8Array.from(images.flatMap((image) => [...image]))
  return { count: images.length, images: bytes, labels: new Uint8Array(images.length).fill(label) }
}

describe('validationReport', () => {
  it('finds nothing wrong with a good set', () => {
    expect([...report().values()].filter((text) => !text.startsWith('ok: '))).toEqual([])
  })

  it('warns of each thing by what was found', () => {
    const warned: [string, ReturnType<typeof report>, RegExp][] = [
      ['Classes, training', report({ classCounts: [1000, 0, 0, 0, 0, 0, 0, 0, 0, 0] }), /No image of 1, 2/],
      [
        'Classes, training',
        report({ classCounts: [5, 195, ...good.classCounts.slice(2)] }),
        /5 to 195.*; 0 have far fewer/,
      ],
      ['Pixel range, training', report({ range: [0, 1] }), /half of full ink/],
      ['Pixel range, training', report({ range: [9, 255] }), /no pixel is empty paper/],
      ['Blank images', report({ blank: 3 }), /3 in the training split and 0/],
      ['Duplicates, training', report({ duplicates: 40 }), /40 images \(4\.00 %\)/],
      ['Test images seen in training', report({}, { leaks: 10 }), /10 test images \(1\.00 %\)/],
      ['Mean and deviation', report({ mean: 0.5 }), /mean 0\.5000.*Set mnist\.normalize_mean/],
      ['Ink and paper', report({ borderMean: 0.9 }), /90 % ink: the digits look inverted/],
      ['Orientation', report({ uprightOnes: 0.2 }), /lie on their side/],
    ]
    for (const [check, lines, says] of warned) {
      expect(lines.get(check)).toMatch(says)
      expect(lines.get(check)).toMatch(/^warning: /)
    }
    expect(report({ duplicates: 3 }).get('Duplicates, training')).toMatch(/^ok: 3 images/)
  })

  it('says of an older record what nobody looked at', () => {
    const { range: _, borderMean: _border, uprightOnes: _ones, ...older } = good
    const lines = validationReport({
      train: { profile: older },
      test: { profile: older },
      preprocess: MNIST_PREPROCESS,
    } as Partial<DatasetRecord> as DatasetRecord)
    expect(lines.filter(({ verdict }) => verdict === 'unknown')).toHaveLength(5)
  })
})

describe('what the profile looks at', () => {
  it('is range, border and which way the ones stand', () => {
    const upright = profileSplit(split([stroke(true), stroke(true)]))
    expect(upright.range).toEqual([0, 255])
    expect(upright.borderMean).toBe(0)
    expect(upright.uprightOnes).toBeGreaterThan(5)
    expect(profileSplit(split([stroke(false)])).uprightOnes).toBeLessThan(0.2)
    expect(profileSplit(split([stroke(true)], 7)).uprightOnes).toBeNull()
    const inverted = stroke(true).map((byte) => 255 - byte)
    expect(profileSplit(split([inverted])).borderMean).toBe(1)
  })

  it('counts test images that training has, and no others', () => {
    const almost = stroke(true)
    almost[0] = 1
    expect(
      countLeaks(split([stroke(true), stroke(false)]), split([stroke(false), almost, stroke(false)])),
    ).toBe(2)
  })
})
