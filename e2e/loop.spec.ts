import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright/test'
import { expect, MNIST_DIR, NEEDS_MNIST, openScreen, startTraining, test } from './journey'
import { traceMainThread } from './main-thread'
import { drawDigit } from './strokes'

/** The published test split as Parquet, beside the IDX files. */
const PARQUET = join(MNIST_DIR ?? '', '..', 'mnist-parquet', 'test-00000-of-00001.parquet')

/** The part of the screen with this heading. */
function panel(page: Page, title: string | RegExp): Locator {
  return page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: title }) })
}

async function mnistIsThere(page: Page): Promise<void> {
  await page.goto('/')
  await expect(page.getByText(/60,000 to learn from, 10,000 to be measured on/)).toBeVisible({
    timeout: 60_000,
  })
}

async function trained(page: Page, name: string, preset: string): Promise<void> {
  await openScreen(page, 'Train')
  const another = page.getByRole('button', { name: 'Train another' })
  if (await another.isVisible()) await another.click()
  await page.getByLabel('Preset', { exact: true }).selectOption(preset)
  await startTraining(page, { Epochs: '1', 'Run name': name })
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 120_000 })
}

/** What the inference API of this page says to one digit, the same at every call. */
async function answerOfApi(page: Page): Promise<unknown> {
  // A slanted stroke, 28 rows of 28.
  const image = Array.from({ length: 784 }, (_, pixel) => {
    const [x, y] = [pixel % 28, Math.floor(pixel / 28)]
    return y > 4 && y < 24 && Math.abs(x - 17 + (y - 14) / 4) < 1.6 ? 1 : 0
  })
  await openScreen(page, 'API')
  const health = () => page.evaluate(async () => (await fetch('/health')).status)
  await expect.poll(health, { timeout: 60_000 }).toBe(200)
  const answer = await page.evaluate(async (digit) => {
    const response = await fetch('/predict', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ image: digit }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }, image)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return { prediction: answer.body['prediction'], probabilities: answer.body['probabilities'] }
}

/** The browser forgets everything about this site, its service worker too. */
async function wipe(page: Page): Promise<void> {
  const { origin } = new URL(page.url())
  await page.goto('about:blank')
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
  await session.detach()
}

/** Only what a press may take: 50 ms of the main thread. Loading a page is left out. */
async function smoothly(
  browser: Browser,
  page: Page,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  const found = await traceMainThread(browser, page, work)
  expect(found.tasks).toBeGreaterThan(100)
  test.info().annotations.push({
    type: 'main thread',
    description: `${what}: longest of ${found.tasks} tasks ${found.longest.toFixed(1)} ms`,
  })
  expect(found.long, `tasks of 50 ms and more while ${what}`).toEqual([])
}

test('the whole loop: from Parquet to a champion that is retrained, and rolled back', async ({
  page,
  browser,
}) => {
  test.skip(!MNIST_DIR, NEEDS_MNIST)
  test.setTimeout(360_000)
  const models = () => openScreen(page, 'Models')
  let bundle = { name: '', bytes: Buffer.alloc(0) }
  let answered: unknown = null

  await mnistIsThere(page)

  await smoothly(browser, page, 'a model is made', async () => {
    await test.step('the published Parquet holds the test digits of the IDX files, and is stored beside their training digits', async () => {
      await openScreen(page, 'Data')
      await page.getByLabel('Data files').setInputFiles(PARQUET)
      const found = panel(page, 'Found in the files')
      await expect(found).toContainText('the same digits as the test split of MNIST', { timeout: 60_000 })
      await expect(found).toContainText('10,000')
      await found.getByRole('button', { name: 'Store as dataset' }).click()
      await expect(panel(page, 'Found in the files')).toHaveCount(0, { timeout: 60_000 })
      await expect(page.getByText('Used for training').first()).toBeVisible()
    })

    await test.step('two presets learn from it', async () => {
      await trained(page, 'light-one', 'lite')
      await trained(page, 'deep-one', 'rf5-13k')
    })

    await test.step('they are compared, and whether the difference is real is said in words', async () => {
      await openScreen(page, 'Runs')
      await page.getByRole('link', { name: 'light-one' }).click()
      await page.getByRole('button', { name: 'Compare with' }).click()
      await page.getByRole('menuitem', { name: /deep-one/ }).click()
      await expect(
        page.getByText(
          /deep-one beside light-one: .* of 10,000 digits .* happens by chance in .* comparisons/,
        ),
      ).toBeVisible()
      await expect(page.getByText(/Exact McNemar test on the same digits, p = /)).toBeVisible()
      await expect(page.getByRole('heading', { name: 'Confusion, difference' })).toBeVisible()
    })

    await test.step('the better one is registered, passes the gate, and becomes the champion', async () => {
      await openScreen(page, 'Runs')
      await page.getByRole('link', { name: 'deep-one' }).click()
      await page.getByRole('button', { name: /^Register/ }).click()
      await models()
      await page.getByRole('link', { name: 'Version 2', exact: true }).click()
      await panel(page, 'Release gate').getByRole('button', { name: 'Run the gate' }).click()
      await expect(panel(page, 'Release gate').getByText('APPROVE', { exact: true })).toBeVisible({
        timeout: 60_000,
      })
      await panel(page, 'In service').getByRole('button', { name: 'Make it the champion' }).click()
      await expect(panel(page, 'In service')).toContainText('this is the champion')
    })

    await test.step('it is exported', async () => {
      answered = await answerOfApi(page)
      await models()
      await page.getByRole('link', { name: 'Version 2', exact: true }).click()
      const [download] = await Promise.all([
        page.waitForEvent('download', { timeout: 60_000 }),
        page.getByRole('button', { name: 'Export as a bundle' }).click(),
      ])
      bundle = { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
    })
  })

  await test.step('the browser is wiped', async () => {
    await wipe(page)
    await mnistIsThere(page)
    await models()
    await expect(page.getByText('No model registered yet')).toBeVisible()
  })

  await smoothly(browser, page, 'a model is used and retrained', async () => {
    await test.step('the bundle comes back, and answers with the same probabilities', async () => {
      await page.getByLabel('Model files').setInputFiles({
        name: bundle.name,
        mimeType: 'application/zip',
        buffer: bundle.bytes,
      })
      await expect(page.getByText('Imported as version 1')).toBeVisible({ timeout: 60_000 })
      await expect(page.getByText(/Here it reads \d\d\.\d+\s%\sof/)).toBeVisible()
      await page.getByRole('link', { name: 'Show version 1' }).click()
      await panel(page, 'Release gate').getByRole('button', { name: 'Run the gate' }).click()
      await expect(panel(page, 'Release gate').getByText('APPROVE', { exact: true })).toBeVisible({
        timeout: 60_000,
      })
      await panel(page, 'In service').getByRole('button', { name: 'Make it the champion' }).click()
      await expect(panel(page, 'In service')).toContainText('this is the champion')
      expect(await answerOfApi(page)).toEqual(answered)
    })

    await test.step('it reads drawings, and is corrected', async () => {
      await openScreen(page, 'Draw')
      for (const digit of [3, 7]) {
        await drawDigit(page, digit)
        await expect(page.getByRole('group', { name: 'Was it read right?' })).toContainText(/Was it a \d\?/)
        if (digit === 3) await page.getByRole('button', { name: 'Clear' }).click()
      }
      await page.getByRole('button', { name: 'It was a 1', exact: true }).click()
      await expect(page.getByText(/^Kept: it was a 1, not a /)).toBeVisible()
    })

    await test.step('turned digits are drift', async () => {
      await openScreen(page, 'Monitor')
      const simulator = panel(page, 'Simulator')
      await simulator.getByLabel('Change', { exact: true }).selectOption('rotate')
      await simulator.getByLabel('Strength', { exact: true }).selectOption('30')
      await simulator.getByRole('button', { name: 'Check this strength' }).click()
      await expect(
        panel(page, 'Latest check').getByRole('region', { name: 'Margin', exact: true }),
      ).toContainText('Drift', { timeout: 60_000 })
    })

    await test.step('it is retrained with the correction, passes the gate, and takes over', async () => {
      await openScreen(page, 'Pipeline')
      await page.getByRole('button', { name: 'Retrain now' }).click()
      const history = page.getByRole('table', { name: 'Retrainings' })
      await expect(history.getByRole('row').nth(1)).toContainText(/Promoted|Discarded|Failed/, {
        timeout: 120_000,
      })
      await expect(history.getByRole('row').nth(1)).toContainText('Promoted')
      await expect(history.getByRole('row').nth(1)).toContainText('mnist-classifier/2')
    })

    await test.step('and is rolled back, after the version before has answered its golden digits again', async () => {
      await page.getByRole('button', { name: 'Roll back' }).click()
      await expect(page.getByText('The champion of before is back in service')).toBeVisible()
      await models()
      const history = page.getByRole('table', { name: 'History of the registry' })
      await expect(history).toContainText(/mnist-classifier\/1 answered 32 golden vectors again/)
      await expect(history).toContainText('champion moved from mnist-classifier/2 to mnist-classifier/1')
      await expect(page.getByText(/\d+\sevents of all models, chain intact/)).toBeVisible()
      expect(await answerOfApi(page)).toEqual(answered)
    })
  })
})
