import { describe, expect, it } from 'vitest'
import { latestWins } from './latest-wins'

function recorder() {
  const sent: [string, number][] = []
  const gate = { open: true }
  const queue = latestWins<string>((item, request) => {
    if (gate.open) sent.push([item, request])
    return gate.open
  })
  return { sent, gate, queue }
}

describe('latestWins', () => {
  it('has one request under way and drops all that wait but the newest', () => {
    const { sent, queue } = recorder()
    for (const item of ['a', 'b', 'c', 'd']) queue.offer(item)
    expect(sent).toEqual([['a', 1]])
    expect(queue.settle(1)).toBe(true)
    queue.resume()
    expect(sent).toEqual([
      ['a', 1],
      ['d', 2],
    ])
    expect(queue.settle(2)).toBe(true)
    queue.resume()
    expect(sent).toHaveLength(2)
  })

  it('keeps the newest until sending is possible', () => {
    const { sent, gate, queue } = recorder()
    gate.open = false
    queue.offer('early')
    queue.offer('newest')
    gate.open = true
    queue.resume()
    expect(sent).toEqual([['newest', 1]])
  })

  it('refuses an answer that was forgotten, and never gives its number again', () => {
    const { sent, queue } = recorder()
    queue.offer('a')
    queue.forget()
    queue.offer('b')
    expect(queue.settle(1)).toBe(false)
    expect(sent).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(queue.settle(2)).toBe(true)
  })
})
