import { chromium, test as bare, type Browser, type Page } from 'playwright/test'
import { expect, openScreen, readDigest } from './journey'

/**
 * Runs on WebGPU (Chromium's adapter made of software) whose GPU process dies. Each test has a browser of its own: what is
 * lost here is lost for all of it.
 */
const RECIPE = new URLSearchParams({
  'train.engine': 'webgpu',
  'train.preset': 'gap',
  'train.epochs': '3',
  'train.batch_size': '32',
  'train.optimizer': 'adam',
  'train.lr': '0.004',
})

const test = bare.extend<{ own: Browser; page: Page }>({
  own: async ({ launchOptions }, provide) => {
    const browser = await chromium.launch(launchOptions)
    await provide(browser)
    await browser.close()
  },
  page: async ({ own, baseURL }, provide) => {
    const context = await own.newContext(baseURL === undefined ? {} : { baseURL })
    await provide(await context.newPage())
  },
})

async function generateDigits(page: Page): Promise<void> {
  await page.goto('/runs')
  await openScreen(page, 'Data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill('400')
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill('100')
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
}

async function start(page: Page, name: string): Promise<void> {
  await page.goto(`/train?${RECIPE}`)
  await page.getByLabel('Run name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Start training' }).click()
}

/** Waits until so many epochs are stored. */
async function learned(page: Page, epochs: number): Promise<void> {
  const rows = page.getByRole('table', { name: 'Epochs' }).getByRole('rowheader')
  await expect(rows.nth(epochs - 1)).toBeVisible({ timeout: 90_000 })
}

async function done(page: Page): Promise<void> {
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 90_000 })
}

async function killGpu(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession()
  await session.send('Browser.crashGpuProcess')
  await session.detach()
}

async function weightsOf(page: Page, run: string): Promise<string> {
  await openScreen(page, 'Runs')
  await page.getByRole('link', { name: run }).click()
  await page.getByRole('tab', { name: 'Details' }).click()
  return readDigest(page, 'Weights SHA-256')
}

test('a run whose GPU is lost once goes on by itself, to the weights it would have had', async ({
  page,
  own,
}) => {
  await generateDigits(page)
  await start(page, 'lost-once')
  await learned(page, 1)
  await killGpu(own)
  await expect(page.getByText(/Resumed after epoch [12] of 3\./)).toBeVisible({ timeout: 60_000 })
  await done(page)
  const lost = await weightsOf(page, 'lost-once')
  await start(page, 'untouched')
  await done(page)
  expect(await weightsOf(page, 'untouched')).toBe(lost)
})

test('after a second loss it waits for the browser, and a reload takes it up at once', async ({
  page,
  own,
}) => {
  await generateDigits(page)
  await start(page, 'lost-twice')
  await learned(page, 1)
  await killGpu(own)
  await expect(page.getByText(/Resumed after epoch [12] of 3\./)).toBeVisible({ timeout: 60_000 })
  await killGpu(own)
  await expect(page.getByText(/the browser keeps it from this page for about two minutes/)).toBeVisible({
    timeout: 60_000,
  })
  await page.reload()
  await done(page)
  await openScreen(page, 'Runs')
  await expect(page.getByRole('row').filter({ hasText: 'lost-twice' })).toContainText('Completed')
})
