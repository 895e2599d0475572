import { describe, expect, it } from 'vitest'
import { versionId } from '../../domain/ids'
import { chooseBeside, chooseVersion, versionChoices, wholeVersionBut, withChoice } from './version-choice'

const MODEL = 'mnist-classifier'
const versions = [3, 2, 1].map((version) => ({ id: versionId(MODEL, version), version }))
const aliases = [{ model: MODEL, alias: 'champion', versionId: versionId(MODEL, 2) }]

function choose(search: string, from = versions, named = aliases) {
  const { version, value, problem } = chooseVersion(from, named, new URLSearchParams(search))
  return [version?.version ?? null, value, problem]
}

describe('chooseVersion', () => {
  it('takes the champion, else the newest, else none', () => {
    expect(choose('')).toEqual([2, 'alias:champion', null])
    expect(choose('', versions, [])).toEqual([3, 'version:3', null])
    expect(choose('', [], [])).toEqual([null, '', null])
  })

  it('follows the address', () => {
    expect(choose('version=1')).toEqual([1, 'version:1', null])
    expect(choose('alias=champion')).toEqual([2, 'alias:champion', null])
  })

  it('says what the address asked for in vain', () => {
    expect(choose('version=9')).toEqual([2, 'alias:champion', 'There is no version 9'])
    expect(choose('alias=best')).toEqual([2, 'alias:champion', 'No version has the alias best'])
  })
})

describe('wholeVersionBut', () => {
  it('passes over damaged versions and those in use', () => {
    const listed = versions.map((version) => ({ ...version, damaged: version.version === 3 }))
    expect(wholeVersionBut(listed, [])).toBe(2)
    expect(wholeVersionBut(listed, [versionId(MODEL, 2)])).toBe(1)
    expect(wholeVersionBut(listed, [versionId(MODEL, 2), versionId(MODEL, 1)])).toBeNull()
  })
})

describe('versionChoices', () => {
  it('lists aliases with the version they name, then every version', () => {
    expect(versionChoices(versions, aliases).map(({ label }) => label)).toEqual([
      'champion (version 2)',
      'Version 3',
      'Version 2',
      'Version 1',
    ])
  })
})

describe('chooseBeside', () => {
  function beside(search: string) {
    const { version, value, problem } = chooseBeside(versions, aliases, new URLSearchParams(search))
    return [version?.version ?? null, value, problem]
  }

  it('takes a number or an alias, and nothing without a wish', () => {
    expect(beside('')).toEqual([null, '', null])
    expect(beside('beside=1')).toEqual([1, 'version:1', null])
    expect(beside('beside=champion')).toEqual([2, 'alias:champion', null])
    expect(beside('beside=9')).toEqual([null, '', 'There is no version or alias 9 to put beside'])
  })
})

describe('withChoice', () => {
  it('changes one choice and leaves the rest of the address', () => {
    const search = new URLSearchParams('alias=champion&beside=1&x=y')
    expect(withChoice(search, 'main', 'version:3').toString()).toBe('beside=1&x=y&version=3')
    expect(withChoice(search, 'beside', 'alias:best').toString()).toBe('alias=champion&beside=best&x=y')
    expect(withChoice(search, 'beside', '').toString()).toBe('alias=champion&x=y')
  })
})
