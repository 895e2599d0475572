import { array, assert, asyncProperty, constantFrom, integer, nat, record, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochMillis, parseRunId, versionId } from '../ids'
import { canonicalJson } from './canonical-json'
import { registryEvent, verifyChain } from './chain'
import type { RegistryAction, RegistryEvent } from './records'
import { sha256 } from './sha256.testing'

const RUN = parseRunId('0123456789abcdef0123456789abcdef')
const REGISTERED: RegistryAction = {
  kind: 'version-registered',
  versionId: versionId('mnist-classifier', 1),
  runId: RUN,
}
const MOVED: RegistryAction = {
  kind: 'alias-moved',
  model: 'mnist-classifier',
  alias: 'champion',
  from: null,
  to: versionId('mnist-classifier', 1),
}

interface Entry {
  readonly at: number
  readonly reason: string
  readonly action: RegistryAction
}

const anyEntry = record({
  at: nat(4_000_000_000_000),
  reason: string({ unit: 'binary', maxLength: 20 }),
  action: constantFrom(REGISTERED, MOVED),
})

async function chainOf(entries: readonly Entry[]): Promise<RegistryEvent[]> {
  const events: RegistryEvent[] = []
  for (const { at, reason, action } of entries)
    events.push(await registryEvent(events.at(-1) ?? null, action, epochMillis(at), reason, sha256))
  return events
}

describe('canonical JSON', () => {
  it('sorts keys at every depth and keeps the order of lists', () => {
    expect(canonicalJson({ b: [3, { z: null, a: true }], a: 'x' })).toBe(
      '{"a":"x","b":[3,{"a":true,"z":null}]}',
    )
  })

  it('writes printable ASCII only', () => {
    expect(canonicalJson('“é”\u007f\n𝟚')).toBe('"\\u201c\\u00e9\\u201d\\u007f\\n\\ud835\\udfda"')
  })

  it('refuses a number without a text', () => {
    expect(() => canonicalJson({ at: Number.NaN })).toThrow(
      'canonical JSON holds finite numbers only, found NaN',
    )
  })
})

describe('registry chain', () => {
  it("has the hashes of Python's json.dumps(sort_keys=True, separators=(',', ':')) and hashlib", async () => {
    const first = await registryEvent(null, REGISTERED, epochMillis(1700000000000), 'first run', sha256)
    expect(first.sequence).toBe(1)
    expect(first.hash).toBe('241f086166662f56642ed5c4a1a58bdf3b2edfca36140a981e1021d094776619')
    const second = await registryEvent(
      first,
      MOVED,
      epochMillis(1700000000500),
      'beats the old one: 99 % → “gut”, \u007f\n𝟚',
      sha256,
    )
    expect(second.previous).toBe(first.hash)
    expect(second.hash).toBe('9348e1bc8f5b6e63e2abcd01b75a7ee2e29039046265675bfe213162f8df3453')
  })

  it('holds for every history, and its times never go back', async () => {
    await assert(
      asyncProperty(array(anyEntry, { maxLength: 8 }), async (entries) => {
        const events = await chainOf(entries)
        expect(await verifyChain(events, sha256)).toBeNull()
        for (const [index, event] of events.entries())
          if (index > 0) expect(event.at).toBeGreaterThanOrEqual(events[index - 1]!.at)
      }),
    )
  })

  it('finds a changed field at the event that was changed', async () => {
    const change = constantFrom<(event: RegistryEvent) => RegistryEvent>(
      (event) => ({ ...event, at: epochMillis(event.at + 1) }),
      (event) => ({ ...event, reason: `${event.reason}.` }),
      (event) => ({ ...event, sequence: event.sequence + 1 }),
      (event) => ({ ...event, action: event.action.kind === 'alias-moved' ? REGISTERED : MOVED }),
      (event) => ({ ...event, previous: event.previous === null ? event.hash : null }),
      (event) => ({
        ...event,
        action:
          event.action.kind === 'alias-moved'
            ? { ...event.action, to: versionId('mnist-classifier', 2) }
            : { ...event.action, runId: parseRunId('f'.repeat(32)) },
      }),
    )
    await assert(
      asyncProperty(
        array(anyEntry, { minLength: 1, maxLength: 6 }),
        nat(),
        change,
        async (entries, pick, tamper) => {
          const events = await chainOf(entries)
          const index = pick % events.length
          events[index] = tamper(events[index]!)
          expect((await verifyChain(events, sha256))?.index).toBe(index)
        },
      ),
    )
  })

  it('finds a changed event even when its own hash was made to fit, unless it is the last', async () => {
    await assert(
      asyncProperty(array(anyEntry, { minLength: 2, maxLength: 6 }), nat(), async (entries, pick) => {
        const events = await chainOf(entries)
        const index = pick % (events.length - 1)
        const { at, action, reason } = events[index]!
        events[index] = await registryEvent(events[index - 1] ?? null, action, at, `${reason}!`, sha256)
        expect((await verifyChain(events, sha256))?.index).toBe(index + 1)
      }),
    )
  })

  it('finds a removed event, an added one and two exchanged ones', async () => {
    await assert(
      asyncProperty(
        array(anyEntry, { minLength: 3, maxLength: 6 }),
        integer({ min: 0, max: 1000 }),
        async (entries, pick) => {
          const events = await chainOf(entries)
          const index = pick % (events.length - 1)
          expect((await verifyChain(events.toSpliced(index, 1), sha256))?.index).toBe(index)
          const doubled = events.toSpliced(index, 0, events[index]!)
          expect((await verifyChain(doubled, sha256))?.index).toBe(index + 1)
          const exchanged = events.with(index, events[index + 1]!).with(index + 1, events[index]!)
          expect((await verifyChain(exchanged, sha256))?.index).toBe(index)
        },
      ),
    )
  })

  it('says what is wrong', async () => {
    const events = await chainOf([
      { at: 1, reason: 'a', action: REGISTERED },
      { at: 2, reason: 'b', action: MOVED },
    ])
    expect((await verifyChain(events.slice(1), sha256))?.problem).toBe(
      'expected event 1 here, found event 2: one was removed, added or moved',
    )
    const changed = events.with(1, { ...events[1]!, reason: 'c' })
    expect((await verifyChain(changed, sha256))?.problem).toContain(
      'event 2 was changed after it was written',
    )
  })
})
