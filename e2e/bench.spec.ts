import { expect, openScreen, test } from './journey'

interface CopiedReport {
  readonly results: readonly {
    readonly engine: string
    readonly backend: string
    readonly preset: string
    readonly batch: number
    readonly threads: number
    readonly imagesPerSecond: number
    readonly msPerStep: number
    readonly dispatchesPerStep: number | null
    readonly gigaflops: number
    readonly repeats: number
    readonly loss: readonly [number, number]
  }[]
  readonly ratios: Readonly<Record<string, number>>
  readonly unavailable: readonly unknown[]
}

test('the System screen measures this machine, and its figures can be taken along', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/')
  await openScreen(page, 'System')
  await page.getByText('Preset: rf5-13k').click()
  await page.getByRole('checkbox', { name: 'lite', exact: true }).check()
  await page.getByRole('checkbox', { name: 'rf5-13k', exact: true }).uncheck()
  await expect(page.getByRole('checkbox', { name: 'wasm', exact: true })).toBeChecked()
  await page.getByLabel('Batch', { exact: true }).fill('0')
  await expect(page.getByText('The batch must be a whole number from 1 to 4096.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Run benchmark' })).toBeDisabled()
  await page.getByLabel('Batch', { exact: true }).fill('32')
  await page.getByRole('button', { name: 'Run benchmark' }).click()

  await expect(page.getByText(/^Round 2 of 5: wasm on lite$/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: 'Copy as JSON' })).toBeVisible({ timeout: 60_000 })
  const table = page.getByRole('table', { name: 'Benchmark' })
  await expect(table.getByRole('rowheader', { name: 'wasm' })).toBeVisible()
  await expect(table.getByText(/^[\d,]+\simages\/s$/)).toBeVisible()

  await page.getByRole('button', { name: 'Copy as JSON' }).click()
  await expect(page.getByText('Benchmark copied as JSON')).toBeVisible()
  const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as CopiedReport
  expect(Object.keys(report).toSorted()).toEqual(['ratios', 'results', 'unavailable'])
  expect(report.results).toHaveLength(1)
  const [row] = report.results
  expect(row).toMatchObject({
    engine: 'wasm',
    preset: 'lite',
    batch: 32,
    repeats: 5,
    dispatchesPerStep: null,
  })
  expect(row?.imagesPerSecond).toBeGreaterThan(0)
  expect(row?.msPerStep).toBeCloseTo(32_000 / (row?.imagesPerSecond ?? 0), 6)
  expect(row?.gigaflops).toBeGreaterThan(0)
  expect(row?.threads).toBeGreaterThan(0)
  expect(row?.loss[1]).toBeLessThan(row?.loss[0] ?? 0)

  await page.getByRole('button', { name: 'Copy as Markdown' }).click()
  await expect(page.getByText('Benchmark copied as Markdown')).toBeVisible()
  const markdown = await page.evaluate(() => navigator.clipboard.readText())
  expect(markdown).toContain('| lite | wasm | CPU · ')
  expect(markdown).toContain('Browser: ')
})

test('a benchmark ends when it is stopped, and when its screen is left, and leaves no worker', async ({
  page,
}) => {
  await page.goto('/system')
  const run = page.getByRole('button', { name: 'Run benchmark' })
  await run.click()
  await expect(page.getByText(/^Round 2 of 5/)).toBeVisible({ timeout: 60_000 })
  await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText('These are the turns that were taken before.')).toBeVisible()
  await expect(page.getByRole('table', { name: 'Benchmark' }).getByRole('rowheader')).toHaveText('wasm')
  await expect.poll(() => page.workers().length).toBe(0)

  await run.click()
  await expect(page.getByText(/^Warming up wasm/)).toBeVisible({ timeout: 60_000 })
  await openScreen(page, 'Data')
  await expect.poll(() => page.workers().length).toBe(0)
  await openScreen(page, 'System')
  await expect(run).toBeVisible()
})

test('nothing is measured beside a run that trains', async ({ page }) => {
  await page.goto('/data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill('4000')
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill('200')
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
  await openScreen(page, 'Train')
  await page.getByLabel('Epochs', { exact: true }).fill('200')
  await page.getByRole('button', { name: 'Start training' }).click()
  await openScreen(page, 'System')
  await expect(page.getByText(/^A run is training now/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Run benchmark' })).toBeDisabled()
  await page.getByRole('button', { name: /^Stop / }).click()
  await expect(page.getByRole('button', { name: 'Run benchmark' })).toBeEnabled({ timeout: 120_000 })
})
