import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { expect, MNIST_DIR, NEEDS_MNIST, openScreen, startTraining, test } from './journey'

/** The part of the screen with this heading. */
function panel(page: Page, title: string | RegExp) {
  return page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: title }) })
}

function signal(page: Page, name: string) {
  return panel(page, 'Latest check').getByRole('region', { name, exact: true })
}

/** Waits for the report that a press brings. */
async function checked(page: Page, press: () => Promise<void>): Promise<void> {
  const before = await panel(page, 'History').getByRole('row').count()
  await press()
  await expect(panel(page, 'History').getByRole('row')).toHaveCount(before === 0 ? 2 : before + 1, {
    timeout: 60_000,
  })
}

async function download(page: Page, name: string): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name, exact: true }).click(),
  ])
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
}

test('Monitor says what it is for while there is nothing to watch', async ({ page }) => {
  await page.goto('/')
  await openScreen(page, 'Monitor')
  await expect(page.getByRole('heading', { name: 'Nothing to watch yet' })).toBeVisible()
  await page.getByRole('link', { name: 'Train a model' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible()
})

test('a version is watched: stable, too few, drifted, a file, answers in use', async ({ page }) => {
  test.skip(!MNIST_DIR, NEEDS_MNIST)
  test.setTimeout(360_000)

  await test.step('a model that has seen MNIST once', async () => {
    await page.goto('/')
    await expect(page.getByText(/60,000 to learn from, 10,000 to be measured on/)).toBeVisible({
      timeout: 60_000,
    })
    await startTraining(page, { Epochs: '1' })
    await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 300_000 })
    await openScreen(page, 'Monitor')
    await expect(page.getByText('Not checked yet')).toBeVisible()
  })
  const check = panel(page, 'Check now')

  await test.step('2,000 of its own test digits are stable', async () => {
    await checked(page, () => check.getByRole('button', { name: 'Check now' }).click())
    await expect(panel(page, 'Latest check')).toContainText('Stable')
    await expect(panel(page, 'Latest check')).toContainText('MNIST, test split: 2,000 of 10,000 images')
    for (const name of ['Labels', 'Answers', 'Margin'])
      await expect(signal(page, name)).toContainText(/happens by chance in .* windows of this size/)
  })

  await test.step('fifty are not enough', async () => {
    await check.getByLabel('Images', { exact: true }).selectOption('50')
    await checked(page, () => check.getByRole('button', { name: 'Check now' }).click())
    await expect(panel(page, 'Latest check')).toContainText(
      'There are too few images to tell a change from chance.',
    )
    await expect(signal(page, 'Margin')).toContainText(/50 of the \d+ images that it takes/)
  })

  const simulator = panel(page, 'Simulator')
  await test.step('turned digits are drift; the labels do not notice', async () => {
    await simulator.getByLabel('Change', { exact: true }).selectOption('rotate')
    await simulator.getByLabel('Strength', { exact: true }).selectOption('30')
    await checked(page, () => simulator.getByRole('button', { name: 'Check this strength' }).click())
    await expect(signal(page, 'Margin')).toContainText('Drift')
    await expect(signal(page, 'Labels')).toContainText('Stable')
    await expect(panel(page, 'Latest check')).toContainText('Simulated: rotate 30')
  })

  await test.step('every strength beside the true accuracy', async () => {
    await simulator.getByLabel('Change', { exact: true }).selectOption('class-mix')
    await simulator.getByRole('button', { name: 'Try all strengths' }).click()
    const rows = simulator.getByRole('row')
    await expect(rows).toHaveCount(6, { timeout: 60_000 })
    await expect(rows.nth(1)).toContainText('Stable')
    await expect(rows.last()).toContainText('4')
    await expect(rows.last()).toContainText('Drift')
  })

  await test.step('a file is checked and not kept', async () => {
    await check.getByText('Files', { exact: true }).click()
    await check.getByLabel('Images', { exact: true }).selectOption('all')
    await checked(page, () =>
      check
        .getByLabel('Files to check')
        .setInputFiles(
          ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'].map((name) => join(MNIST_DIR!, name)),
        ),
    )
    const { name, text } = await download(page, 'Download report')
    expect(name).toBe('drift_report.json')
    const report = JSON.parse(text) as Record<string, unknown>
    expect(report).toMatchObject({ psi: 0.00034101933356092787, verdict: 'stable', count: 10_000 })
    expect(Object.keys(report).slice(0, 3)).toEqual(['psi', 'baseline', 'current'])
  })

  await test.step('a file without digits is refused, and the rest stays', async () => {
    const note = { name: 'note.parquet', mimeType: 'text/plain', buffer: Buffer.from('no digits') }
    await check.getByLabel('Files to check').setInputFiles(note)
    await expect(page.getByRole('alert')).toContainText('Drift could not be looked for')
    await expect(panel(page, 'History').getByRole('row')).toHaveCount(5)
  })

  await test.step('the history leads back, alerts are offered, and a removal can be undone', async () => {
    const history = panel(page, 'History')
    await history.getByRole('row').filter({ hasText: 'Simulated' }).getByRole('link').click()
    await expect(panel(page, 'Earlier check')).toContainText('Simulated: rotate 30')
    const { name, text } = await download(page, 'Download drift_alert.txt')
    expect(name).toBe('drift_alert.txt')
    expect(text).toMatch(/^PSI=\d+\.\d+$/)
    await history.getByRole('row').filter({ hasText: 'Simulated' }).getByRole('button').click()
    await expect(history.getByRole('row')).toHaveCount(4)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(history.getByRole('row')).toHaveCount(5)
  })

  await test.step('it is there after a reload', async () => {
    await page.goto('/monitor')
    await expect(panel(page, 'History').getByRole('row')).toHaveCount(5)
    await expect(panel(page, 'Latest check')).toContainText('t10k-images-idx3-ubyte.gz')
  })
})
