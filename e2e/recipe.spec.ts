import type { Page } from 'playwright/test'
import { expect, openScreen, startTraining, test } from './journey'

async function makeDigits(page: Page, count: string): Promise<void> {
  await page.goto('/data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill(count)
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill('200')
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
}

test('a recipe is chosen, changed, looked at before it starts, and kept with its run', async ({ page }) => {
  const fields = page.getByRole('main')
  const start = page.getByRole('button', { name: 'Start training' })

  await makeDigits(page, '2000')

  await test.step('a newcomer sees six fields; one press shows the rest', async () => {
    await openScreen(page, 'Train')
    await expect(fields.getByLabel('Epochs', { exact: true })).toHaveValue('15')
    await expect(fields.getByLabel('Momentum', { exact: true })).toBeHidden()
    await page.getByRole('button', { name: 'All parameters' }).press('Enter')
    await expect(fields.getByLabel('Momentum', { exact: true })).toHaveValue('0.9')
    await expect(fields.getByRole('combobox', { name: 'Engine' })).toContainText('Processor')
  })

  await test.step('a reference recipe fills the form by keyboard, and says what it changed', async () => {
    await page.getByRole('button', { name: 'Recipes' }).press('Enter')
    await page.getByRole('menuitem', { name: /Release gate, training profile/ }).press('Enter')
    await expect(fields.getByLabel('Preset', { exact: true })).toHaveValue('cnn-64-128-256')
    await expect(fields.getByLabel('Optimizer', { exact: true })).toHaveValue('adamw')
    await expect(fields.getByLabel('Beta 1', { exact: true })).toBeVisible()
    await expect(fields.getByLabel('Momentum', { exact: true })).toBeHidden()
    await expect(fields.getByText(/fields changed$/)).toBeVisible()
    await expect(page.getByRole('heading', { name: 'cnn-64-128-256' })).toBeVisible()
  })

  await test.step('the schedule is drawn, and read as a table', async () => {
    const chart = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'Learning rate' }) })
    await expect(chart.getByRole('img', { name: /Learning rate over \d+ points/ })).toBeVisible()
    await chart.getByRole('button', { name: 'Table' }).click()
    const rows = chart.getByRole('table').getByRole('row')
    await expect(rows.nth(1)).toContainText('0.001')
    await fields.getByLabel('Learning rate', { exact: true }).fill('0.004')
    await expect(rows.nth(1)).toContainText('0.004')
    await fields.getByLabel('Schedule', { exact: true }).selectOption('one-cycle')
    await expect(rows.nth(1)).toContainText('0.00016')
    await fields.getByLabel('Schedule', { exact: true }).selectOption('plateau')
    await expect(chart.getByText(/the validation accuracy decides: 0.004 → 0.002/)).toBeVisible()
  })

  await test.step('digits before and after augmentation, and other ones', async () => {
    const strip = page.getByRole('group', { name: 'Digits before and after augmentation' })
    await expect(strip.getByRole('img', { name: /before$/ })).toHaveCount(8)
    await fields.getByLabel('Rotation', { exact: true }).fill('25')
    const pixels = (which: number) =>
      strip
        .locator('canvas')
        .nth(which)
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
    await expect(async () => expect(await pixels(8)).not.toBe(await pixels(0))).toPass()
    const before = await pixels(0)
    await page.getByRole('button', { name: /^Shuffle/ }).click()
    await expect(async () => expect(await pixels(0)).not.toBe(before)).toPass()
  })

  await test.step('a field that is wrong stays in sight, and reset takes everything back', async () => {
    await fields.getByLabel('Shear', { exact: true }).fill('90')
    await page.getByRole('button', { name: /^All parameters/ }).click()
    await expect(fields.getByText('augment.shear must be a number from 0 to 60, found 90')).toBeVisible()
    await expect(start).toBeDisabled()
    await page.getByRole('button', { name: 'Reset' }).click()
    await expect(start).toBeEnabled()
    await expect(fields.getByLabel('Preset', { exact: true })).toHaveValue('rf5-13k')
  })

  await test.step('what was typed outlives a look at another screen', async () => {
    await fields.getByLabel('Epochs', { exact: true }).fill('2')
    await openScreen(page, 'Data')
    await openScreen(page, 'Train')
    await expect(fields.getByLabel('Epochs', { exact: true })).toHaveValue('2')
  })

  await test.step('a run of it shows the norm of its gradients, and its details the recipe', async () => {
    await fields.getByLabel('Preset', { exact: true }).selectOption('gap')
    await fields.getByLabel('Optimizer', { exact: true }).selectOption('adamw')
    await fields.getByLabel('Learning rate', { exact: true }).fill('0.001')
    await page.getByRole('button', { name: /^All parameters/ }).click()
    await fields.getByLabel('Gradient clip', { exact: true }).fill('1')
    await fields.getByLabel('Rotation', { exact: true }).fill('10')
    await fields.getByLabel('Early stopping', { exact: true }).fill('5')
    await start.click()
    await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 120_000 })
    await expect(page.getByText(/of 5\svalidations without progress/)).toBeVisible()
    const norm = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Gradient norm' }) })
    await expect(norm.getByRole('img', { name: /Gradient norm over \d+ points/ })).toBeVisible()
    await norm.getByRole('button', { name: 'Table' }).click()
    // The last column is the smoothed norm: never nothing while a network learns.
    const last = await norm.getByRole('table').getByRole('row').last().getByRole('cell').last().textContent()
    expect(Number(last)).toBeGreaterThan(0)
    await page.getByRole('link', { name: 'Open the run' }).click()
    await expect(page.getByRole('heading', { name: 'Gradient norm' })).toBeVisible()
    await page.getByRole('tab', { name: 'Details' }).click()
    const recipe = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Recipe' }) })
    for (const [name, value] of [
      ['train.optimizer', 'adamw'],
      ['train.gradient_clip_val', '1'],
      ['augment.rotation', '10'],
    ] as const)
      await expect(
        recipe.getByText(name, { exact: true }).locator('xpath=following-sibling::dd[1]'),
      ).toHaveText(value)
    await expect(recipe.getByText('train.momentum', { exact: true })).toBeHidden()
    await recipe.getByRole('button', { name: /^Show all/ }).click()
    await expect(recipe.getByText('train.momentum', { exact: true })).toBeVisible()
  })
})

test('an address carries a whole recipe', async ({ page }) => {
  await makeDigits(page, '1000')
  await page.goto('/train?train.scheduler=one-cycle&augment.rotation=12&train.ema_decay=0.99')
  await page.getByRole('button', { name: 'All parameters' }).click()
  await expect(page.getByLabel('Schedule', { exact: true })).toHaveValue('one-cycle')
  await expect(page.getByLabel('Rotation', { exact: true })).toHaveValue('12')
  await expect(page.getByLabel('Weight average', { exact: true })).toHaveValue('0.99')
  await expect(page.getByText('address', { exact: true })).toHaveCount(3)
})

test('a step’s time is shown by operation while somebody looks', async ({ page }) => {
  await makeDigits(page, '1000')
  await startTraining(page, { Epochs: '200' })
  const shares = page.getByRole('list', { name: 'Time by operation' })
  await expect(shares).toBeHidden()
  await page.getByRole('button', { name: 'Profile', exact: true }).press('Enter')
  await expect(shares.getByRole('listitem').filter({ hasText: /^convolution/ })).toContainText(/ms · .*%/)
  await expect(page.getByText(/MiB$/)).toBeVisible()
  await page.getByRole('button', { name: 'Hide', exact: true }).click()
  await expect(shares).toBeHidden()
  await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText(/^Stopped after/)).toBeVisible({ timeout: 60_000 })
})
