import { gunzipSync, gzipSync } from 'node:zlib'
import type { Page } from 'playwright/test'
import { expect, openScreen, readDigest, test } from './journey'

interface Upload {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

type Four = [Upload, Upload, Upload, Upload]

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

function upload(name: string, buffer: Buffer): Upload {
  return { name, mimeType: 'application/octet-stream', buffer }
}

/** Four whole files of 200 + 50 digits: what a person's own data look like. */
function goodFiles(): Four {
  const bytes = (count: number, modulus: number) =>
    Buffer.from(Uint8Array.from({ length: count }, (_, i) => i % modulus))
  const images = (count: number) => Buffer.concat([words(2051, count, 28, 28), bytes(count * 784, 251)])
  const labels = (count: number) => Buffer.concat([words(2049, count), bytes(count, 10)])
  return [
    upload('train-images-idx3-ubyte.gz', gzipSync(images(200))),
    upload('train-labels-idx1-ubyte.gz', gzipSync(labels(200))),
    upload('t10k-images-idx3-ubyte.gz', gzipSync(images(50))),
    upload('t10k-labels-idx1-ubyte.gz', gzipSync(labels(50))),
  ]
}

const HOSTILE: readonly {
  readonly what: string
  readonly spoil: (files: Four) => Upload[]
  readonly says: RegExp
}[] = [
  {
    what: 'a truncated gzip',
    spoil: ([images, ...rest]) => [
      { ...images, buffer: images.buffer.subarray(0, images.buffer.length / 2) },
      ...rest,
    ],
    says: /train-images-idx3-ubyte\.gz is cut short or damaged.*Download or copy it again/,
  },
  {
    what: 'one label too few',
    spoil: ([images, labels, ...rest]) => [
      images,
      {
        ...labels,
        buffer: gzipSync(Buffer.concat([words(2049, 199), gunzipSync(labels.buffer).subarray(8, 207)])),
      },
      ...rest,
    ],
    says: /train-labels-idx1-ubyte\.gz must hold one label for each of the 200 images.*found 199 labels/,
  },
  {
    what: 'an image file given as labels',
    spoil: ([images, labels, ...rest]) => [images, { ...labels, buffer: images.buffer }, ...rest],
    says: /train-labels-idx1-ubyte\.gz must hold labels \(it starts with 2049\), found 200 images/,
  },
  {
    what: 'a file of zero bytes',
    spoil: ([images, ...rest]) => [{ ...images, buffer: Buffer.alloc(0) }, ...rest],
    says: /train-images-idx3-ubyte\.gz must be an IDX file, found 0 bytes/,
  },
  {
    what: 'a header that claims 2 GB',
    spoil: ([images, ...rest]) => [
      { ...images, buffer: gzipSync(Buffer.concat([words(2051, 2_739_137, 28, 28), Buffer.alloc(784)])) },
      ...rest,
    ],
    says: /train-images-idx3-ubyte\.gz is not read: its header claims 2,739,137 images \(2\.1 GB\)/,
  },
  {
    what: 'a web page saved in the place of a file',
    spoil: ([images, ...rest]) => [
      { ...images, buffer: Buffer.from('<!doctype html><p>Not found</p>') },
      ...rest,
    ],
    says: /train-images-idx3-ubyte\.gz must be an IDX file.*found a web page/,
  },
  {
    what: 'only three files',
    spoil: ([, ...rest]) => rest,
    says: /A dataset needs four IDX files/,
  },
]

test('every bad file gets its one clear message, and nothing stored is lost', async ({ page }) => {
  await page.goto('/data')
  await keep(page)
  await expect(page.getByRole('table').getByRole('row').filter({ hasText: 'Training' })).toContainText('200')
  const digest = await readDigest(page, 'Dataset digest')

  for (const { what, spoil, says } of HOSTILE)
    await test.step(what, async () => {
      await give(page, spoil(goodFiles()))
      const alert = page.getByRole('main').getByRole('alert')
      await expect(alert).toContainText('what was stored before is untouched')
      await expect(alert).toContainText(says)
      expect(await readDigest(page, 'Dataset digest')).toBe(digest)
    })

  await page.reload()
  expect(await readDigest(page, 'Dataset digest')).toBe(digest)
  await expect(page.getByRole('list', { name: 'Digits 1 to 120 with their labels' })).toContainText('9')
})

test('a recipe out of bounds is named field by field, and cannot be started', async ({ page }) => {
  await page.goto('/data')
  await keep(page)
  await openScreen(page, 'Train')
  const start = page.getByRole('button', { name: 'Start training' })
  for (const { field, value, says } of [
    { field: 'Epochs', value: '-1', says: 'train.epochs must be a whole number from 1 to 1000, found -1' },
    {
      field: 'Learning rate',
      value: 'fast',
      says: 'train.lr must be a number above 0 and at most 10, found "fast"',
    },
  ]) {
    await page.getByLabel(field, { exact: true }).fill(value)
    await expect(page.getByText(says)).toBeVisible()
    await expect(start).toBeDisabled()
    await page.getByRole('button', { name: 'Reset' }).click()
    await expect(start).toBeEnabled()
  }
  await page.goto('/train?train.preset=rf5-13')
  await expect(page.getByRole('alert')).toContainText('Did you mean rf5-13k?')
})

async function give(page: Page, files: Upload[]): Promise<void> {
  await page.getByLabel('Data files', { exact: true }).setInputFiles(files)
}

/** Whole files are shown first, and stored when a person says so. */
async function keep(page: Page): Promise<void> {
  await give(page, goodFiles())
  await page.getByRole('button', { name: 'Store as dataset' }).click()
  await expect(page.getByText('Used for training')).toBeVisible()
}
