import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import { diskOf, FULL } from './full-disk'
import { expect, openScreen, readDigest, test } from './journey'
import { generateDigits, giveBundle, madeStudio, version, type Given } from './made-studio'
import { flipBit, storedFaults } from './stored'
import { drawDigit } from './strokes'

/** The console repeats what the page already says about a refused write. */
test.use({ allowedMessages: [/quota/i] })

async function imported(page: Page, bundle: Given, number: number): Promise<void> {
  await giveBundle(page, bundle)
  await expect(page.getByText(`Imported as version ${number}`)).toBeVisible({ timeout: 60_000 })
}

async function makeChampion(page: Page, number: number): Promise<void> {
  await page.goto(`/models?version=${number}`)
  await page.getByLabel('Why', { exact: true }).fill('to be in service')
  await page.getByRole('button', { name: 'Make it the champion' }).click()
  await expect(version(page, number)).toContainText('champion')
}

function feedback(page: Page) {
  return page.getByRole('list', { name: 'Feedback so far' }).getByRole('listitem')
}

test('a full disk refuses an import, feedback and datasets by name, keeps what was there, and takes them later', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(300_000)
  const { bundles } = await madeStudio()
  const { limit } = await diskOf(page, baseURL)
  const alert = page.getByRole('main').getByRole('alert')
  const verdict = page.getByRole('group', { name: 'Was it read right?' })
  let digest = ''
  let parquet: Buffer = Buffer.alloc(0)

  async function untouched(): Promise<void> {
    await page.goto('/data')
    expect(await readDigest(page, 'Dataset digest')).toBe(digest)
    await openScreen(page, 'Models')
    await expect(version(page, 1)).toBeVisible()
    await expect(version(page, 2)).toHaveCount(0)
    await openScreen(page, 'Draw')
    await expect(feedback(page)).toHaveText([/right/])
    expect(await storedFaults(page)).toEqual([])
  }

  await test.step('one of each is stored', async () => {
    await limit(10_000_000)
    await page.goto('/models')
    await imported(page, bundles[0], 1)
    await openScreen(page, 'Data')
    await generateDigits(page, 1, 2000)
    await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
    digest = await readDigest(page, 'Dataset digest')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'test.parquet' }).click()
    parquet = await readFile(await (await download).path())
    await openScreen(page, 'Draw')
    await drawDigit(page, 1)
    await verdict.getByRole('button', { name: 'Right' }).click()
    await expect(feedback(page)).toHaveText([/right/])
  })

  async function refusedDigits(): Promise<void> {
    await openScreen(page, 'Data')
    await generateDigits(page, 2, 11_000)
    await expect(alert).toContainText(FULL)
  }

  async function storeFound(): Promise<void> {
    await page.getByLabel('Use as', { exact: true }).selectOption('cut')
    await page.getByLabel('Name', { exact: true }).fill('From Parquet')
    await page.getByRole('button', { name: 'Store as dataset' }).click()
  }

  await test.step('built-in digits are refused', async () => {
    await refusedDigits()
    await untouched()
  })

  await test.step('with nothing left at all, so is a dataset from Parquet, which stays to be stored', async () => {
    await limit(1)
    await refusedDigits()
    await page
      .getByLabel('Data files', { exact: true })
      .setInputFiles({ name: 'some.parquet', mimeType: 'application/octet-stream', buffer: parquet })
    await storeFound()
    await expect(alert).toContainText(FULL)
    await expect(page.getByText('It was not stored; what was found is here still')).toBeVisible()
  })

  await test.step('so is an import', async () => {
    await openScreen(page, 'Models')
    await giveBundle(page, bundles[1])
    await expect(alert).toContainText('Nothing was imported; what was stored before is untouched')
    await expect(alert).toContainText(FULL)
  })

  await test.step('so is a word on an answer, though digits are read', async () => {
    await openScreen(page, 'Draw')
    await drawDigit(page, 7)
    await expect(page.getByText(/% sure/).first()).toBeVisible()
    await verdict.getByRole('button', { name: 'It was a 4', exact: true }).click()
    await expect(page.getByText('That could not be done')).toBeVisible()
    await expect(page.getByText(FULL)).toBeVisible()
    await expect(verdict.getByText(/^Kept/)).toHaveCount(0)
  })

  await test.step('once there is space, each is done where it was asked for', async () => {
    await limit(2 ** 34)
    await verdict.getByRole('button', { name: 'It was a 4', exact: true }).click()
    await expect(feedback(page)).toHaveText([/→ 4/, /right/])
    await openScreen(page, 'Models')
    await imported(page, bundles[1], 2)
    await openScreen(page, 'Data')
    await storeFound()
    await expect(page.getByRole('heading', { name: 'From Parquet', exact: true })).toBeVisible()
    expect(await storedFaults(page)).toEqual([])
  })
})

test('one changed bit in golden vectors or imported weights is said, not used, and made whole by the bundle', async ({
  page,
}) => {
  test.setTimeout(300_000)
  const { bundles } = await madeStudio()
  await page.goto('/models')
  await imported(page, bundles[0], 1)
  await imported(page, bundles[1], 2)
  await makeChampion(page, 1)
  await makeChampion(page, 2)

  async function rollBackTo(number: number): Promise<void> {
    await page.goto(`/models?version=${number}`)
    await page.getByLabel('Why', { exact: true }).fill('it was better')
    await page.getByRole('button', { name: 'Roll back to it' }).click()
  }

  async function heal(number: number): Promise<void> {
    await page.goto('/models')
    const [first, second] = bundles
    await giveBundle(page, number === 1 ? first : second)
    await expect(page.getByText(`This model is registered already, as version ${number}`)).toBeVisible({
      timeout: 60_000,
    })
    await expect(version(page, number)).not.toContainText('Damaged')
    expect(await storedFaults(page)).toEqual([])
  }

  await test.step('golden vectors: no way back to that version', async () => {
    await flipBit(page, 'mnist-classifier/1', 'goldenSha256')
    await rollBackTo(1)
    await expect(
      page.getByText(/are damaged: their SHA-256 is now [0-9a-f]{64}\. They are not used/),
    ).toBeVisible()
    await expect(version(page, 2)).toContainText('champion')
    await expect(version(page, 1)).toContainText('Damaged')
    await expect(version(page, 2)).not.toContainText('Damaged')
    await expect(page.getByRole('button', { name: 'Make it the champion' })).toBeDisabled()
  })

  await test.step('the bundle makes them whole, and the way back is open', async () => {
    await heal(1)
    await rollBackTo(1)
    await expect(version(page, 1)).toContainText('champion')
    await makeChampion(page, 2)
  })

  await test.step('imported weights: they never answer, and another version does', async () => {
    await flipBit(page, 'mnist-classifier/2')
    await page.goto('/draw')
    const alert = page.getByRole('main').getByRole('alert')
    await expect(alert).toContainText('Version 2 cannot read')
    await expect(alert).toContainText(/are damaged: their SHA-256 is now [0-9a-f]{64}\. They are not used/)
    await drawDigit(page, 1)
    await expect(page.getByText('No answer', { exact: true })).toBeVisible()
    await expect(page.getByText(/% sure/)).toHaveCount(0)
    await alert.getByRole('button', { name: 'Read with version 1' }).click()
    await expect(page.getByText(/% sure/).first()).toBeVisible()
    await expect(alert).toHaveCount(0)
  })

  await test.step('nor do they come back into service, until the bundle makes them whole', async () => {
    await makeChampion(page, 1)
    await rollBackTo(2)
    await expect(page.getByText(/are damaged: their SHA-256/)).toBeVisible()
    await expect(version(page, 1)).toContainText('champion')
    await expect(version(page, 2)).toContainText('Damaged')
    await heal(2)
    await rollBackTo(2)
    await expect(version(page, 2)).toContainText('champion')
  })
})
