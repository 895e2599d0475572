import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../src/domain/image/preprocess'
import { INGEST_BUDGET } from '../workers/ingest/budget'
import { encodedFile, listFile, someDigits } from '../workers/ingest/parquet/parquet.testing'
import { foreignDigits, parquetFiles } from './foreign-files'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'foreign-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, bytes: Uint8Array): void {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), bytes)
}

async function read(path = folder) {
  const said: string[] = []
  const files = await parquetFiles(path, 10_000_000)
  if (files === null || !files.ok) return { found: files, said }
  const options = {
    preprocess: MNIST_PREPROCESS,
    budget: INGEST_BUDGET,
    signal: new AbortController().signal,
    onProgress: () => {},
  }
  return { found: await foreignDigits(path, files.value, options, (text) => said.push(text)), said }
}

describe('Parquet on disk', () => {
  it('is read as Spark leaves it: part files in folders, with markers beside them', async () => {
    put('train.parquet/part-00000-x.snappy.parquet', listFile(someDigits(30, 1)))
    put('train.parquet/part-00001-x.snappy.parquet', listFile(someDigits(20, 2)))
    put('train.parquet/_SUCCESS', new Uint8Array(0))
    put('train.parquet/.part-00000-x.snappy.parquet.crc', new Uint8Array(12))
    put('test.parquet/part-00000-y.snappy.parquet', encodedFile(someDigits(10, 3)))
    expect((await read()).found).toMatchObject({
      ok: true,
      value: { name: 'Your Parquet files', splits: { train: { count: 50 }, test: { count: 10 } } },
    })
  })

  it('is cut where it is a lone split, which is said with share and seed', async () => {
    put('digits.parquet', listFile(someDigits(40)))
    const { found, said } = await read(join(folder, 'digits.parquet'))
    expect(found).toMatchObject({
      value: {
        splits: { train: { count: 30 }, test: { count: 10 } },
        source: { names: ['digits.parquet'], cut: { share: 0.15, seed: 1 } },
      },
    })
    expect(said).toEqual([expect.stringContaining('15 % of each class are kept for testing (seed 1)')])
  })

  it('is refused by name when it is too large, damaged, or more than two splits', async () => {
    put('a.parquet', listFile(someDigits(3)))
    expect(await parquetFiles(folder, 100)).toMatchObject({ ok: false, problem: { code: 'over-budget' } })
    put('b-test.parquet', listFile(someDigits(3)))
    put('c-train.parquet', listFile(someDigits(3)))
    expect((await read()).found).toMatchObject({
      problem: { message: expect.stringContaining('one or two splits, found 3') },
    })
    put('a.parquet', listFile(someDigits(3)).subarray(0, 200))
    expect((await read()).found).toMatchObject({ problem: { code: 'bad-input' } })
  })

  it('is not there in an empty folder', async () => {
    expect(await parquetFiles(folder, 100)).toBeNull()
    expect(await parquetFiles(join(folder, 'nowhere'), 100)).toBeNull()
  })
})
