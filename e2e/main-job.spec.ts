import {
  expect,
  figure,
  MNIST_DIR,
  NEEDS_MNIST,
  openScreen,
  readDigest,
  startTraining,
  test,
} from './journey'
import { runPipeline } from './headless-studio'
import { traceMainThread } from './main-thread'
import { drawDigit } from './strokes'

const MNIST_DIGEST = '090e81ec244967098ffa07f581a911d7bb274cb5357558b7e43809626f7bf6cb'

/**
 * The studio's main job on the real digits, as one story, because each chapter needs what the one before left: load, train,
 * watch, keep, stop, draw, reload, offline.
 */
test('a newcomer loads MNIST, watches a model learn, and draws digits that it reads', async ({
  browser,
  page,
  context,
}) => {
  test.skip(!MNIST_DIR, NEEDS_MNIST)
  test.setTimeout(600_000)

  await test.step('the digits are there, by themselves', async () => {
    await page.goto('/')
    await expect(page.getByText(/60,000 to learn from, 10,000 to be measured on/)).toBeVisible({
      timeout: 60_000,
    })
    await openScreen(page, 'Data')
    await expect(page.getByRole('heading', { name: 'MNIST', exact: true }).first()).toBeVisible()
    expect(await readDigest(page, 'Dataset digest')).toBe(MNIST_DIGEST)
    const counts = page.getByRole('list', { name: 'Images of each class in the train split' })
    await expect(counts.getByRole('listitem')).toHaveCount(10)
    await expect(counts).toContainText('6,742')
    const grid = page.getByRole('list', { name: 'Digits 1 to 120 with their labels' })
    await expect(grid.getByRole('listitem')).toHaveText([/5/, ...Array.from({ length: 119 }, () => /\d/)])
  })

  await test.step('one epoch of training, watched; the page stays smooth', async () => {
    const work = await traceMainThread(browser, page, async () => {
      await startTraining(page, { Epochs: '1', 'Run name': 'first-run' })
      await expect(page.getByRole('progressbar').first()).toBeVisible()
      await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 300_000 })
    })
    test.info().annotations.push({
      type: 'main thread while training',
      description: `${work.tasks} tasks, the longest ${work.longest.toFixed(1)} ms of processor time`,
    })
    expect(work.tasks).toBeGreaterThan(100)
    expect(work.long, 'milliseconds of main-thread tasks while training').toEqual([])
    await expect(page.getByText('Registered as mnist-classifier/1, with the alias champion.')).toBeVisible()
  })

  let pageWeights = ''
  await test.step('the run is kept with all that made it', async () => {
    await page.getByRole('link', { name: 'Open the run' }).click()
    await expect(figure(page, 'Test accuracy')).toHaveText(/^9[5-9]\.\d+\s?%$/)
    await expect(figure(page, 'Parameters')).toHaveText('13,808')
    await page.getByRole('tab', { name: 'Confusion' }).click()
    await expect(page.getByRole('heading', { name: 'Confusion matrix' })).toBeVisible()
    await page.getByRole('tab', { name: 'Misread digits' }).click()
    await expect(page.getByText(/→/).first()).toBeVisible()
    await page.getByRole('tab', { name: 'Model' }).click()
    await expect(page.getByRole('table').first()).toContainText('multiply-adds', { ignoreCase: true })
    await page.getByRole('tab', { name: 'Details' }).click()
    expect(await readDigest(page, 'Dataset digest')).toBe(MNIST_DIGEST)
    for (const fact of ['train.epochs', 'train.seed', 'App version', 'Host', 'Threads'])
      await expect(page.getByText(fact, { exact: true })).toBeVisible()
    pageWeights = await readDigest(page, 'Weights SHA-256')
  })

  await test.step('Node, given the same parameters, learns the same weights to the bit', async () => {
    const report = await runPipeline(['train.epochs=1'])
    expect(report.dataset).toMatchObject({ digest: MNIST_DIGEST, train: 60_000, test: 10_000 })
    expect(report.testAccuracy).toBeGreaterThanOrEqual(0.975)
    expect(report.weightsSha256).toBe(pageWeights)
  })

  await test.step('a second run is stopped and keeps what it learned', async () => {
    await openScreen(page, 'Train')
    await page.getByRole('button', { name: 'Train another' }).click()
    await startTraining(page, { Epochs: '5', 'Run name': 'stopped-run' })
    await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(page.getByText(/^Stopped after .* what was learned is kept/)).toBeVisible({
      timeout: 120_000,
    })
    await openScreen(page, 'Runs')
    const rows = page.getByRole('table').getByRole('row')
    await expect(rows.filter({ hasText: 'stopped-run' })).toContainText('%')
    await expect(rows.filter({ hasText: 'first-run' })).toContainText('%')
  })

  await test.step('Models shows version 1 with its figures and its alias', async () => {
    await openScreen(page, 'Models')
    const row = page.getByRole('row').filter({ hasText: 'Version 1' })
    await expect(row).toContainText('champion')
    await expect(row).toContainText('%')
    expect(await readDigest(page, 'Weights SHA-256')).toBe(pageWeights)
  })

  async function readAll(): Promise<number[]> {
    const misread: number[] = []
    for (let digit = 0; digit < 10; digit++) {
      await drawDigit(page, digit)
      await expect(page.getByText(/% sure/).first()).toBeVisible()
      const bars = page.getByRole('list', { name: 'Probability of each digit' })
      await expect(bars.getByRole('listitem')).toHaveCount(10)
      try {
        await expect(answer()).toHaveText(String(digit), { timeout: 3_000 })
      } catch {
        misread.push(digit)
      }
      await page.getByRole('button', { name: 'Clear' }).click()
      await expect(answer()).toHaveText('Nothing drawn')
    }
    return misread
  }
  function answer() {
    return page.getByText('Read as', { exact: true }).locator('xpath=following-sibling::*[1]')
  }

  await test.step('drawn digits are read, undone and cleared', async () => {
    await openScreen(page, 'Draw')
    await expect(answer()).toHaveText('Nothing drawn')
    const misread = await readAll()
    test
      .info()
      .annotations.push({ type: 'drawn digits misread after one epoch', description: String(misread) })
    expect(misread.length, `misread: ${misread.join(', ')}`).toBeLessThanOrEqual(1)
    await drawDigit(page, 7)
    await expect(answer()).toHaveText('7')
    await expect(page.getByRole('img', { name: 'The 28 by 28 pixels the model sees' })).toBeVisible()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(answer()).toHaveText('Nothing drawn')
  })

  await test.step('all of it survives a reload, and the network going away', async () => {
    await page.evaluate(() => navigator.serviceWorker.ready)
    await context.setOffline(true)
    await page.reload()
    await openScreen(page, 'Draw')
    await drawDigit(page, 7)
    await expect(answer()).toHaveText('7')
    await openScreen(page, 'Runs')
    await expect(page.getByRole('link', { name: 'first-run' })).toBeVisible()
    await openScreen(page, 'Data')
    expect(await readDigest(page, 'Dataset digest')).toBe(MNIST_DIGEST)
    await startTraining(page, { Epochs: '1', 'Run name': 'offline-run' })
    await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(page.getByText(/^Stopped after/)).toBeVisible({ timeout: 120_000 })
  })
})
