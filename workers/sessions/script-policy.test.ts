import { describe, expect, it } from 'vitest'
import { allowOwnScripts, sameOriginScript } from './script-policy'

const HERE = 'https://studio.example/assets/train.worker.js'

describe('sameOriginScript', () => {
  it('lets scripts of the own origin pass, as whole addresses', () => {
    expect(sameOriginScript('/assets/thread.js', HERE)).toBe('https://studio.example/assets/thread.js')
  })

  it.each(['https://evil.example/x.js', 'data:text/javascript,0', 'blob:https://evil.example/1'])(
    'refuses %s',
    (address) => {
      expect(() => sameOriginScript(address, HERE)).toThrow(/must come from https:\/\/studio\.example, found/)
    },
  )
})

describe('allowOwnScripts', () => {
  it('makes the default policy, which judges by where the worker came from', () => {
    const made: { name: string; policy: { createScriptURL(text: string): string } }[] = []
    allowOwnScripts({
      location: { href: HERE },
      trustedTypes: { createPolicy: (name, policy) => made.push({ name, policy }) },
    })
    expect(made.map(({ name }) => name)).toEqual(['default'])
    expect(made[0]!.policy.createScriptURL('thread.js')).toBe('https://studio.example/assets/thread.js')
    expect(() => made[0]!.policy.createScriptURL('//evil.example/x.js')).toThrow(TypeError)
  })

  it('does nothing where no policy is needed', () => {
    expect(() => allowOwnScripts({ location: { href: HERE } })).not.toThrow()
  })
})
