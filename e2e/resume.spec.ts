import type { Page, Worker } from 'playwright/test'
import { expect, openScreen, readDigest, test } from './journey'

/** Everything a run has to take up again: moments, a schedule of steps, an average, the best epoch, patience, drawn changes. */
const RECIPE = new URLSearchParams({
  'train.epochs': '9',
  'train.optimizer': 'adam',
  'train.lr': '0.004',
  'train.scheduler': 'one-cycle',
  'train.ema_decay': '0.95',
  'train.early_stopping_patience': '4',
  'train.final_weights': 'best',
  'augment.rotation': '8',
  'augment.shift': '1.5',
  'augment.elastic': '1',
})

/** The page is not to complain about its worker: it says itself what happened. */
test.use({ allowedMessages: [/ended by the test/] })

async function start(page: Page, name: string): Promise<void> {
  await page.goto(`/train?${RECIPE}`)
  await page.getByLabel('Run name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Start training' }).click()
  // An epoch is shown once it is stored.
  await expect(epochs(page)).not.toHaveCount(0)
}

async function done(page: Page): Promise<void> {
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 60_000 })
}

/** The training worker ends by an error that nothing in it expects. */
async function failWorker(page: Page): Promise<void> {
  await trainWorker(page).evaluate(() => {
    setTimeout(() => {
      throw new Error('ended by the test')
    })
  })
}

/** The training worker is gone, and nobody is told. */
async function closeWorker(page: Page): Promise<void> {
  const closing = trainWorker(page).evaluate(() => self.close())
  // It may be gone before it could answer.
  await closing.catch(() => {})
}

function trainWorker(page: Page): Worker {
  const worker = page.workers().findLast((each) => each.url().includes('train.worker'))
  if (worker === undefined) throw new Error('expected a training worker')
  return worker
}

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

test('a run whose page crashed, and then its worker, ends with the weights it would have had', async ({
  page: first,
  context,
}) => {
  await test.step('the page dies in the middle of an epoch', async () => {
    await first.goto('/runs')
    await openScreen(first, 'Data')
    await first.getByLabel('Training', { exact: true }).and(first.getByRole('textbox')).fill('3000')
    await first.getByLabel('Test', { exact: true }).and(first.getByRole('textbox')).fill('200')
    await first.getByRole('button', { name: 'Generate digits' }).click()
    await expect(first.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
    await start(first, 'crashed-run')
    await crash(first)
  })

  const page = await context.newPage()
  await test.step('the run is found interrupted, with its epochs', async () => {
    await page.goto('/runs')
    const row = page.getByRole('row').filter({ hasText: 'crashed-run' })
    await expect(row).toContainText('Interrupted')
    await expect(row).toContainText(/[1-8] of 9/)
    await openScreen(page, 'Overview')
    await expect(page.getByRole('heading', { name: 'The run crashed-run was interrupted' })).toBeVisible()
    await openScreen(page, 'Runs')
    await page.getByRole('link', { name: 'crashed-run' }).click()
    await expect(page.getByText('This run was interrupted')).toBeVisible()
  })

  await test.step('it goes on where it was, and its worker dies', async () => {
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(page.getByText(/^Resumed after epoch [1-8] of 9\.$/)).toBeVisible()
    await failWorker(page)
    await expect(page.getByText(/The worker stopped on an error: .*ended by the test/)).toBeVisible()
    await page.getByRole('link', { name: 'Open the run' }).click()
    await expect(page.getByText('This run was interrupted')).toBeVisible()
  })

  await test.step('it goes on, and its worker is gone without a word', async () => {
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(page.getByText(/^Resumed after epoch [1-8] of 9\.$/)).toBeVisible()
    await closeWorker(page)
    await expect(page.getByText(/The training worker ended without saying why/)).toBeVisible()
    await page.getByRole('link', { name: 'Open the run' }).click()
    await expect(page.getByText('This run was interrupted')).toBeVisible()
  })

  await test.step('it goes on once more, and ends as any run does', async () => {
    await page.getByRole('button', { name: 'Resume' }).click()
    await done(page)
    await expect(page.getByText('Registered as mnist-classifier/1, with the alias champion.')).toBeVisible()
  })
  const resumed = await weightsOf(page, 'crashed-run')

  await test.step('a run that nobody interrupted learns the same weights', async () => {
    await start(page, 'whole-run')
    await done(page)
    expect(await weightsOf(page, 'whole-run')).toBe(resumed)
  })

  await test.step('and so does a replay from the record, epoch by epoch', async () => {
    await page.getByRole('button', { name: 'Replay' }).click()
    await expect(page.getByText(/^All \d+\sepochs came out with the same weights$/)).toBeVisible({
      timeout: 60_000,
    })
    const marks = page.getByRole('list', { name: 'Epochs compared' }).getByRole('listitem')
    await expect(marks.first()).toHaveText('Epoch 1: same weights')
  })
})
