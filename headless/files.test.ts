import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { holdFolder, writeAtomically } from './files'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('writeAtomically', () => {
  it('puts files in place, in folders of their own, and leaves nothing else', async () => {
    await writeAtomically(
      folder,
      new Map<string, string | Uint8Array>([
        ['a.json', '{}'],
        ['b/c.bin', Uint8Array.of(1, 2)],
      ]),
    )
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('{}')
    expect([...readFileSync(join(folder, 'b/c.bin'))]).toEqual([1, 2])
    expect(readdirSync(folder).sort()).toEqual(['a.json', 'b'])
  })

  it('leaves every old file whole when one of the new ones cannot be written', async () => {
    writeFileSync(join(folder, 'a.json'), 'old')
    // A folder stands where the second file's new content would go.
    mkdirSync(join(folder, 'b.json.new'))
    await expect(
      writeAtomically(
        folder,
        new Map([
          ['a.json', 'new'],
          ['b.json', 'new'],
        ]),
      ),
    ).rejects.toThrow()
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('old')
    expect(existsSync(join(folder, 'b.json'))).toBe(false)
  })
})

describe('holdFolder', () => {
  it('lets one command at a time write into a folder', () => {
    const first = holdFolder(folder)
    expect(first.ok).toBe(true)
    expect(holdFolder(folder)).toMatchObject({ ok: false, problem: { exit: 64, code: 'busy' } })
    if (first.ok) first.value()
    expect(holdFolder(folder).ok).toBe(true)
  })

  it('takes a folder over from a command that has died', () => {
    writeFileSync(join(folder, '.studio.lock'), '999999999')
    expect(holdFolder(folder).ok).toBe(true)
  })

  it('says what is wrong with a folder that is a file', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const held = holdFolder(file)
    expect(held.ok ? '' : held.problem.message).toMatch(/file cannot take results .* Choose another --out\./)
  })
})
