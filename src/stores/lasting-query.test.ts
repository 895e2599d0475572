import { describe, expect, it } from 'vitest'
import { lasting } from './lasting-query'

describe('a lasting query', () => {
  const closed = () => Promise.reject(new DOMException('closed', 'InvalidStateError'))

  it('answers what it answered last once the database is closed, and no other question', async () => {
    const ask = lasting<string>()
    expect(await ask('run 1', closed)).toBeUndefined()
    expect(await ask('run 1', () => Promise.resolve('one'))).toBe('one')
    expect(await ask('run 1', closed)).toBe('one')
    expect(await ask('run 2', closed)).toBeUndefined()
  })

  it('passes on every other failure', async () => {
    const ask = lasting<string>()
    await ask('run 1', () => Promise.resolve('one'))
    await expect(ask('run 1', () => Promise.reject(new Error('other')))).rejects.toThrow('other')
  })
})
