import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatDuration,
  formatLoss,
  formatMebibytes,
  formatMilliseconds,
  formatPercent,
  formatPercentTick,
  formatRate,
  formatSignificant,
  formatTick,
  NO_VALUE,
  secondsLeft,
  shortDigest,
} from './format'

/** No-break spaces read as spaces here. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ')
}

describe('numbers', () => {
  it('groups thousands and agrees the noun', () => {
    expect(formatCount(60000)).toBe('60,000')
    expect(plain(formatCounted(1, 'image'))).toBe('1 image')
    expect(plain(formatCounted(10000, 'image'))).toBe('10,000 images')
  })

  it('never claims 100 % for less than all', () => {
    expect(plain(formatPercent(0.98765))).toBe('98.77 %')
    expect(plain(formatPercent(0.99999))).toBe('99.99 %')
    expect(plain(formatPercent(0.9999, 1))).toBe('99.9 %')
    expect(plain(formatPercent(1))).toBe('100.00 %')
  })

  it('writes tiny and broken losses honestly', () => {
    expect(formatLoss(0.02234)).toBe('0.0223')
    expect(formatLoss(0.0000123)).toBe('1.2e-5')
    expect(formatLoss(0)).toBe('0.0000')
    expect(formatLoss(Number.NaN)).toBe('not a number')
  })

  it('keeps axis labels short', () => {
    expect([0, 0.5, 2, 0.1 + 0.2, 1e-4].map(formatTick)).toEqual(['0', '0.5', '2', '0.3', '0.0001'])
    expect([0.2, 0.975, 1].map(formatPercentTick).map(plain)).toEqual(['20 %', '97.5 %', '100 %'])
  })

  it('writes three significant digits', () => {
    expect([0.01, 1 / 3000, 3.9437e-6, 4e-8, 1234.5, 0, NaN].map(formatSignificant)).toEqual([
      '0.01',
      '0.000333',
      '3.94e-6',
      '4e-8',
      '1230',
      '0',
      'not a number',
    ])
  })

  it('rounds rates to three digits', () => {
    expect(plain(formatRate(1534.2))).toBe('1,530 images/s')
    expect(plain(formatRate(9.87))).toBe('9.9 images/s')
    expect(plain(formatRate(250.4))).toBe('250 images/s')
    expect(formatRate(0)).toBe(NO_VALUE)
    expect(formatRate(Number.POSITIVE_INFINITY)).toBe(NO_VALUE)
  })
})

describe('times and sizes', () => {
  it('picks the unit a person would', () => {
    expect(plain(formatDuration(0.42))).toBe('0.4 s')
    expect(plain(formatDuration(9.97))).toBe('10 s')
    expect(plain(formatDuration(59.6))).toBe('1 min 00 s')
    expect(plain(formatDuration(185))).toBe('3 min 05 s')
    expect(plain(formatDuration(3599.9))).toBe('1 h 00 min')
    expect(plain(formatDuration(3720))).toBe('1 h 02 min')
    expect(formatDuration(Number.POSITIVE_INFINITY)).toBe(NO_VALUE)
    expect(plain(formatMilliseconds(1.84))).toBe('1.8 ms')
    expect(plain(formatMilliseconds(14.2))).toBe('14 ms')
  })

  it('counts bytes in thousands', () => {
    expect(plain(formatBytes(512))).toBe('512 B')
    expect(plain(formatBytes(9912422))).toBe('9.91 MB')
    expect(plain(formatBytes(999_900))).toBe('1.00 MB')
    expect(plain(formatBytes(28881))).toBe('28.9 kB')
  })

  it('counts engine memory in mebibytes', () => {
    expect([800_000, 222_298_112, 2 ** 31].map(formatMebibytes).map(plain)).toEqual([
      '0.8 MiB',
      '212 MiB',
      '2,048 MiB',
    ])
  })

  it('knows when the time left is unknown', () => {
    expect(secondsLeft(100, 300, 50)).toBe(4)
    expect(secondsLeft(100, null, 50)).toBeNull()
    expect(secondsLeft(100, 300, 0)).toBeNull()
    expect(secondsLeft(400, 300, 50)).toBe(0)
  })

  it('shortens a digest', () => {
    expect(shortDigest('0123456789abcdef')).toBe('0123456789')
  })
})
