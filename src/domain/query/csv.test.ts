import { describe, expect, it } from 'vitest'
import { toCsv } from './csv'

describe('toCsv', () => {
  it('quotes what must be quoted, and ends each line with CR LF', () => {
    const text = toCsv(
      ['name', 'note', 'x'],
      [
        ['a,b', 'he said "no"\nand left', 0.5],
        ['', null, true],
      ],
    )
    expect(text).toBe('name,note,x\r\n"a,b","he said ""no""\nand left",0.5\r\n,,true\r\n')
  })

  it('leaves no formula to a spreadsheet, and numbers alone', () => {
    const text = toCsv(['a'], [['=1+1'], ['@SUM(A1)'], ['+1'], ['-x,y'], ['\tz'], [-0.5], ['a=b']])
    expect(text).toBe(`a\r\n'=1+1\r\n'@SUM(A1)\r\n'+1\r\n"'-x,y"\r\n'\tz\r\n-0.5\r\na=b\r\n`)
  })

  it('refuses a row of another width', () => {
    expect(() => toCsv(['a'], [['x', 'y']])).toThrow('a row of this table has 1 cells, found 2')
  })
})
