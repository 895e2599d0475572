import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { matchesPattern } from './like'

it('is what the regular expression of the same meaning says', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'A'), maxLength: 8 })
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '%', '_'), maxLength: 8 })
  fc.assert(
    fc.property(letters, patterns, fc.boolean(), (text, pattern, ignoreCase) => {
      const expression = `^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`
      const wanted = new RegExp(expression, ignoreCase ? 'i' : '').test(text)
      expect(matchesPattern(text, pattern, ignoreCase)).toBe(wanted)
    }),
  )
})

// A matcher that tries every split of the text would not come back from this within the age of the universe.
it('takes a pattern that would hang a careless matcher', () => {
  const text = 'a'.repeat(2000)
  expect(matchesPattern(text, `${'%a'.repeat(1000)}b`, false)).toBe(false)
  expect(matchesPattern(text, `${'%a'.repeat(1000)}%`, false)).toBe(true)
})

it('counts characters, not halves of them', () => {
  expect(matchesPattern('😀', '_', false)).toBe(true)
})
