import { expect, test } from 'vitest'
import { chanceInWords } from './words'

test.each([
  [1, 'nearly all windows'],
  [0.34, '34 of 100 windows'],
  [0.0999, '10 of 100 windows'],
  [0.05, '50 of 1,000 windows'],
  [0.003, '3 of 1,000 windows'],
  [0.0005, 'fewer than 1 of 1,000 windows'],
  [3e-5, 'fewer than 1 of 10,000 windows'],
  [1e-300, 'fewer than 1 of 1,000,000,000 windows'],
])('a p of %f happens in %s', (p, words) => {
  expect(chanceInWords(p)).toBe(`A difference this large happens by chance in ${words} of this size`)
})
