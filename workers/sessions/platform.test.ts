import { describe, expect, it } from 'vitest'
import { platformInWords } from './platform'

describe('platformInWords', () => {
  it('names the browser, not its engine and not the brand that is none', () => {
    const brands = [
      { brand: 'Not)A;Brand', version: '8' },
      { brand: 'Chromium', version: '156' },
      { brand: 'Google Chrome', version: '156' },
    ]
    const userAgentData = { brands, platform: 'Linux' }
    expect(platformInWords({ userAgent: 'x', userAgentData })).toBe('Google Chrome 156 on Linux')
    const plain = { brands: brands.slice(0, 2), platform: 'Linux' }
    expect(platformInWords({ userAgent: 'x', userAgentData: plain })).toBe('Chromium 156 on Linux')
  })

  it('falls back to the user agent', () => {
    expect(platformInWords({ userAgent: 'Mozilla/5.0 (X11) Firefox/150' })).toBe(
      'Mozilla/5.0 (X11) Firefox/150',
    )
  })
})
