import { describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../../../src/domain/image/preprocess'
import { PURPOSE, randomU32, streamKey } from '../../../src/domain/random'
import { memorySource } from './footer'
import { encodedFile, listFile, pixelFile, someDigits } from './parquet.testing'
import { readParquet } from './read'

/** Another seed tries other mutations: FUZZ_SEED=7 npx vitest run workers/ingest/parquet/fuzz.test.ts */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20260721)
const MUTATIONS = 600
/** A read that takes longer counts as one that hangs. These files take milliseconds. */
const PATIENCE_MS = 3_000

const budget = { fileBytes: 2_000_000, unpackedBytes: 20_000_000, milliseconds: 2_000 }
const digits = someDigits(12)
const FILES = [
  encodedFile(digits, { rowGroup: 5 }),
  encodedFile(digits, { codec: 'GZIP' }),
  encodedFile(digits, { codec: 'ZSTD' }),
  listFile(digits, { codec: 'UNCOMPRESSED', rowGroup: 4 }),
  listFile(digits, { type: 'FLOAT' }),
  pixelFile(someDigits(3), (pixel) => `pixel${pixel}`),
]

/** A file with one to four changes: a byte, a bit, a run of one byte, or a piece cut out. Every other one hits the footer. */
function mutated(original: Uint8Array, draw: (below: number) => number): Uint8Array {
  let bytes = original.slice()
  const footer = new DataView(original.buffer, original.byteOffset).getUint32(original.length - 8, true) + 8
  for (let change = draw(4); change >= 0; change--) {
    const from = draw(2) === 0 ? Math.max(0, bytes.length - footer) : 0
    const at = from + draw(Math.max(1, bytes.length - from))
    switch (draw(4)) {
      case 0:
        bytes[at] = draw(256)
        break
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << draw(8))
        break
      case 2:
        bytes.fill(draw(2) === 0 ? 0xff : 0, at, at + 1 + draw(12))
        break
      default:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + draw(20))])
    }
  }
  return bytes
}

describe(`a Parquet file with changed bytes (seed ${SEED})`, () => {
  it(`gives digits or one typed problem, ${MUTATIONS} times`, async () => {
    const counts = { digits: 0, problems: 0 }
    for (let index = 0; index < MUTATIONS; index++) {
      const key = streamKey(SEED, PURPOSE.generateDigits, index)
      let drawn = 0
      const bytes = mutated(
        FILES[index % FILES.length] as Uint8Array,
        (below) => randomU32(key, drawn++) % below,
      )
      const startedAt = performance.now()
      const outcome = await readParquet([memorySource('changed.parquet', bytes)], {
        preprocess: MNIST_PREPROCESS,
        budget,
        signal: new AbortController().signal,
        onProgress: () => {},
      }).catch((error: unknown) => {
        throw new Error(`mutation ${index} of seed ${SEED} threw`, { cause: error })
      })
      expect(performance.now() - startedAt, `mutation ${index} of seed ${SEED}`).toBeLessThan(PATIENCE_MS)
      if (outcome.ok) {
        expect(outcome.value.images.length).toBe(outcome.value.count * 784)
        expect(outcome.value.labels?.every((label) => label < 10) ?? true).toBe(true)
        counts.digits++
      } else {
        expect(['bad-input', 'over-budget']).toContain(outcome.problem.code)
        expect(outcome.problem.message).toMatch(/changed\.parquet.*\.$/)
        counts.problems++
      }
    }
    // Both happen, or the mutations do not reach what they are meant to.
    expect(counts.digits).toBeGreaterThan(5)
    expect(counts.problems).toBeGreaterThan(MUTATIONS / 3)
  }, 120_000)
})

describe('files made to cost much', () => {
  async function read(bytes: Uint8Array) {
    return readParquet([memorySource('made.parquet', bytes)], {
      preprocess: MNIST_PREPROCESS,
      budget,
      signal: new AbortController().signal,
      onProgress: () => {},
    })
  }

  /** A file that is nothing but this footer. */
  function footerOnly(footer: readonly number[]): Uint8Array {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(footer.length)
    return Uint8Array.from([...Buffer.from('PAR1'), ...footer, ...length, ...Buffer.from('PAR1')])
  }

  it('refuses lists inside lists that claim 2³¹ entries each', async () => {
    const list = [0xf9, 0xff, 0xff, 0xff, 0xff, 0x07]
    const outcome = await read(footerOnly([0x29, ...Array.from({ length: 400 }, () => list).flat()]))
    expect(outcome).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('a header is longer than the bytes that hold it') },
    })
  })

  it('refuses a number that goes on for a megabyte', async () => {
    const outcome = await read(footerOnly([0x36, ...new Uint8Array(1_000_000).fill(0x80)]))
    expect(outcome).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('more than 64 bits') },
    })
  })

  it('refuses structs nested without end', async () => {
    const outcome = await read(footerOnly(Array.from({ length: 100_000 }, () => 0x1c)))
    expect(outcome).toMatchObject({ ok: false, problem: { message: expect.stringContaining('nested') } })
  })
})
