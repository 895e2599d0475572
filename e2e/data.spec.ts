import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { expect, MNIST_DIR, readDigest, test } from './journey'

/** Digests of MNIST's splits, which are the same in any format. */
const TEST_SPLIT = 'a7622c2a218dd5cefa6e4c2641eaf11685422a6d07a07f955787c981ea1e2f5b'
const PARQUET = 'test-00000-of-00001.parquet'
const parquetPath = MNIST_DIR === undefined ? '' : join(MNIST_DIR, '..', 'mnist-parquet', PARQUET)
const hasParquet = parquetPath !== '' && existsSync(parquetPath)

interface Upload {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

function upload(name: string, buffer: Buffer): Upload {
  return { name, mimeType: 'application/octet-stream', buffer }
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

/** The first digits of MNIST's test split as two IDX files, so that they are real and few. */
function someTestDigits(count: number): Upload[] {
  const read = (name: string) => gunzipSync(readFileSync(join(MNIST_DIR ?? '', `${name}.gz`)))
  const images = read('t10k-images-idx3-ubyte').subarray(16, 16 + count * 784)
  const labels = read('t10k-labels-idx1-ubyte').subarray(8, 8 + count)
  return [
    upload('few-images-idx3-ubyte.gz', gzipSync(Buffer.concat([words(2051, count, 28, 28), images]))),
    upload('few-labels-idx1-ubyte', Buffer.concat([words(2049, count), labels])),
  ]
}

async function give(page: Page, files: Upload[] | string): Promise<void> {
  await page.getByLabel('Data files', { exact: true }).setInputFiles(files)
}

async function store(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Store as dataset' }).click()
}

/** Lets go of a file over the page, as a person who drags one there. */
async function drop(page: Page, file: Upload): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, text }) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(atob(text), (character) => character.charCodeAt(0))], name))
      return data
    },
    { name: file.name, text: file.buffer.toString('base64') },
  )
  await page.getByText(/^Drop IDX files/).dispatchEvent('drop', { dataTransfer: transfer })
}

test.skip(!hasParquet, `needs MNIST_DIR with mnist-parquet/${PARQUET} beside it`)

test('Parquet is looked into, stored as what a person says, browsed and exported', async ({ page }) => {
  await page.goto('/data')

  await test.step('the preview knows MNIST’s test split by its digest, and stores nothing', async () => {
    await give(page, parquetPath)
    await expect(page.getByText('Nothing is stored yet')).toBeVisible()
    await expect(page.getByText('the same digits as the test split of MNIST')).toBeVisible()
    expect(await readDigest(page, 'Split digest')).toBe(TEST_SPLIT)
    await expect(page.getByRole('list', { name: 'The first 40 digits' })).toContainText('7')
    await page.getByRole('button', { name: 'Discard' }).click()
    await expect(page.getByText('No data yet')).toBeVisible()
  })

  await test.step('dropped and cut in two, it is a dataset with a report', async () => {
    await drop(page, upload(PARQUET, readFileSync(parquetPath)))
    expect(await readDigest(page, 'Split digest')).toBe(TEST_SPLIT)
    await page.getByLabel('For testing', { exact: true }).fill('20')
    await page.getByLabel('Seed of the cut', { exact: true }).fill('7')
    await store(page, 'Cut')
    await expect(page.getByRole('heading', { name: 'Cut', exact: true })).toBeVisible({ timeout: 60_000 })
    await expect(page.getByText(/20\s%\sof each class for testing \(seed 7\)/)).toBeVisible()
    const report = page.getByRole('list', { name: 'Validation report' })
    await expect(report).toContainText('None: no test image is in the training split.')
    await expect(report).toContainText('The ones stand upright')
  })

  await test.step('a split beside a stored one is its next version, and says what it was made from', async () => {
    await give(page, someTestDigits(50))
    await page.getByLabel('Use as', { exact: true }).selectOption('test-beside')
    await page.getByRole('button', { name: 'Store as dataset' }).click()
    await expect(page.getByRole('heading', { name: 'Cut v2', exact: true })).toBeVisible({ timeout: 60_000 })
    await expect(page.getByText(/its training split, with 50 other digits as the test split/)).toBeVisible()
    // Most of the fifty are in the other four fifths, which is the training split.
    await expect(page.getByRole('list', { name: 'Validation report' })).toContainText(
      /test images \(\d+\.\d\d %\) are in the training split too/,
    )
  })

  await test.step('all digits are in one wall, filtered by class, reached by keys, shown one by one', async () => {
    await page.goto('/data')
    await page.getByRole('link', { name: 'Cut v1' }).first().click()
    const wall = page.getByRole('group', { name: /digits\. Arrow keys move/ })
    await expect(wall.getByRole('list', { name: 'Digits 1 to 120 with their labels' })).toContainText('7')
    await wall.getByRole('button').first().focus()
    await page.keyboard.press('End')
    await expect(page).toHaveURL(/page=67/)
    await expect(wall.getByRole('list', { name: /^Digits 7921 to/ })).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('region', { name: 'The digit looked at' })).toContainText(
      'of the training split',
    )
    await page.getByRole('radiogroup', { name: 'Class' }).getByText('3', { exact: true }).click()
    await expect(page).toHaveURL(/class=3/)
    await expect(wall.getByRole('list').first().getByRole('listitem').first()).toHaveText('3')
  })

  await test.step('an export gives the same split again', async () => {
    const exporting = page.waitForEvent('download')
    await page.getByRole('button', { name: 'test.parquet' }).click()
    const file = await (await exporting).path()
    await give(page, [upload('test.parquet', readFileSync(file))])
    await expect(page.getByText('the same digits as the test split of Cut')).toBeVisible({ timeout: 60_000 })
    await expect(page.getByText(/lists of 784 numbers, .*already normalised/)).toBeVisible()
    await page.getByRole('button', { name: 'Discard' }).click()
  })
})

test('a bad or hostile Parquet file gets one clear message, and nothing stored is lost', async ({ page }) => {
  await page.goto('/data')
  await give(page, someTestDigits(60))
  await store(page, 'Few')
  await expect(page.getByRole('heading', { name: 'Few', exact: true })).toBeVisible()
  const digest = await readDigest(page, 'Dataset digest')
  const whole = readFileSync(parquetPath)
  const longFooter = Buffer.from(whole)
  longFooter.writeUInt32LE(0x7fff_ffff, whole.length - 8)
  const bigPages = Buffer.from(whole)
  // The first page's header is a struct of small numbers; all ones are none of them.
  bigPages.fill(0xff, 4, 40)
  const endless = Buffer.concat([
    Buffer.from('PAR1'),
    Buffer.alloc(400, 0x1c),
    Buffer.from([0x90, 0x01, 0, 0]),
    Buffer.from('PAR1'),
  ])
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ['cut short', whole.subarray(0, whole.length / 2), /is cut short or damaged.*Download or copy it again/],
    ['a footer longer than the file', longFooter, /its footer is longer than the file/],
    ['page headers that hold no numbers', bigPages, /is cut short or damaged/],
    ['structs without end', endless, /nested without end/],
  ]
  for (const [what, buffer, says] of cases)
    await test.step(what, async () => {
      await give(page, [upload('bad.parquet', buffer)])
      const alert = page.getByRole('main').getByRole('alert')
      await expect(alert).toContainText('what was stored before is untouched')
      await expect(alert).toContainText(says)
      expect(await readDigest(page, 'Dataset digest')).toBe(digest)
    })

  await test.step('an address that the page may not ask', async () => {
    await page.getByLabel('Or by address', { exact: true }).fill('https://elsewhere.example/a.parquet')
    await page.getByRole('button', { name: 'Look into it' }).click()
    await expect(page.getByRole('main').getByRole('alert')).toContainText(
      /elsewhere\.example is not asked.*Download the file and drop it here/,
    )
  })
  await page.reload()
  expect(await readDigest(page, 'Dataset digest')).toBe(digest)
})
