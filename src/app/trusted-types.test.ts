import { describe, expect, it } from 'vitest'
import { sameOriginScript } from './trusted-types'

const PAGE = 'https://studio.example/runs/1'

describe('sameOriginScript', () => {
  it('lets a script of this origin pass, relative or whole', () => {
    expect(sameOriginScript('/assets/train.js', PAGE)).toBe('https://studio.example/assets/train.js')
    expect(sameOriginScript('https://studio.example/a.js', PAGE)).toBe('https://studio.example/a.js')
  })

  it('refuses every other origin, and addresses without one', () => {
    for (const address of [
      'https://evil.example/a.js',
      'http://studio.example/a.js',
      'data:text/javascript,1',
    ])
      expect(() => sameOriginScript(address, PAGE)).toThrow(TypeError)
    expect(() => sameOriginScript('//evil.example/a.js', PAGE)).toThrow(
      'a script must come from https://studio.example, found https://evil.example: serve it from this site',
    )
  })
})
