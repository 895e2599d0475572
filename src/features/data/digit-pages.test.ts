import { describe, expect, it } from 'vitest'
import { pageOf } from './digit-pages'

describe('pageOf', () => {
  it('cuts the last page short', () => {
    expect(pageOf(250, 120, 3)).toEqual({ page: 3, pages: 3, from: 240, to: 250 })
  })

  it('takes the nearest page for a mistyped one', () => {
    expect(pageOf(250, 120, 99).page).toBe(3)
    expect(pageOf(250, 120, -4).page).toBe(1)
    expect(pageOf(250, 120, Number('x')).page).toBe(1)
    expect(pageOf(0, 120, 2)).toEqual({ page: 1, pages: 1, from: 0, to: 0 })
  })
})
