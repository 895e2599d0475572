import type { Page } from 'playwright/test'
import { expect, openScreen, readDigest, startTraining, test } from './journey'

const RECIPE = { Epochs: '4' }

async function weightsOf(page: Page, run: string): Promise<string> {
  await openScreen(page, 'Runs')
  await page.getByRole('link', { name: run }).click()
  await page.getByRole('tab', { name: 'Details' }).click()
  return readDigest(page, 'Weights SHA-256')
}

function epochs(page: Page) {
  return page.getByRole('table', { name: 'Epochs' }).getByRole('rowheader')
}

/** Ends the page's process as a fault or the system would: nothing of the page gets to run any more. */
async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash')
  const session = await page.context().newCDPSession(page)
  session.send('Page.crash').catch(() => {})
  await crashed
  await page.close()
}

test('a run whose page crashed goes on after the last epoch, to the same weights', async ({
  page: first,
  context,
}) => {
  await test.step('the page dies in the second epoch', async () => {
    await first.goto('/runs')
    await openScreen(first, 'Data')
    await first.getByLabel('Training', { exact: true }).and(first.getByRole('textbox')).fill('3000')
    await first.getByLabel('Test', { exact: true }).and(first.getByRole('textbox')).fill('200')
    await first.getByRole('button', { name: 'Generate digits' }).click()
    await expect(first.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
    await startTraining(first, { ...RECIPE, 'Run name': 'crashed-run' })
    // An epoch is shown once it is stored.
    await expect(epochs(first)).toHaveCount(1)
    await crash(first)
  })

  const page = await context.newPage()
  await test.step('the run is found interrupted, with its first epoch', async () => {
    await page.goto('/runs')
    const row = page.getByRole('row').filter({ hasText: 'crashed-run' })
    await expect(row).toContainText('Interrupted')
    await expect(row).toContainText(/[1-3] of 4/)
    await openScreen(page, 'Overview')
    await expect(page.getByRole('heading', { name: 'The run crashed-run was interrupted' })).toBeVisible()
    await openScreen(page, 'Runs')
    await page.getByRole('link', { name: 'crashed-run' }).click()
    await expect(page.getByText('This run was interrupted')).toBeVisible()
  })

  await test.step('it goes on where it was, and ends as any run does', async () => {
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(page.getByText(/^Resumed after epoch [1-3] of 4\.$/)).toBeVisible()
    await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 60_000 })
    await expect(epochs(page)).toHaveCount(4)
    await expect(page.getByText('Registered as mnist-classifier/1, with the alias champion.')).toBeVisible()
  })
  const resumed = await weightsOf(page, 'crashed-run')

  await test.step('a run that nobody interrupted learns the same weights', async () => {
    await openScreen(page, 'Train')
    await page.getByRole('button', { name: 'Train another' }).click()
    await startTraining(page, { ...RECIPE, 'Run name': 'whole-run' })
    await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 60_000 })
    expect(await weightsOf(page, 'whole-run')).toBe(resumed)
  })
})
