import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { DEFAULT_PARAMS } from '../src/domain/params/defaults'

describe('params.yaml', () => {
  it('holds every default, key for key and in order', () => {
    const text = readFileSync(new URL('../params.yaml', import.meta.url), 'utf8')
    const values: unknown = parse(text)
    expect(values).toEqual(DEFAULT_PARAMS)
    expect(JSON.stringify(values)).toBe(JSON.stringify(DEFAULT_PARAMS))
  })
})
