import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import { expect, figure, openScreen, test } from './journey'

/** A few drawn digits and two short epochs: enough to be better than chance, too little for the usual gate. */
const RECIPE = {
  'train.preset': 'gap',
  'train.epochs': '2',
  'train.optimizer': 'adam',
  'train.lr': '0.003',
  'train.batch_size': '32',
  'retrain.epochs': '5',
  'release.min_accuracy': '0.2',
  'release.min_precision': '0.1',
  'release.min_recall': '0.1',
  'release.min_f1_score': '0.1',
  'release.max_loss': '5',
  'release.min_per_class_accuracy': '0',
  'release.min_confidence_threshold': '0',
  'release.max_inference_time_ms': '1000',
}

function address(changed: Readonly<Record<string, string>> = {}): string {
  return `/pipeline?${new URLSearchParams({ ...RECIPE, ...changed }).toString()}`
}

function stages(page: Page) {
  return page.getByRole('list', { name: 'Stages of the pipeline' }).getByRole('listitem')
}

/** "Preprocess: Fresh" for each stage, in order. */
function expectStates(page: Page, states: readonly string[]) {
  const names = ['Preprocess', 'Train', 'Evaluate', 'Gate', 'Register']
  const cards = page.locator('[data-stage]')
  return expect(cards).toContainText(names.map((name, index) => new RegExp(`${name}.*${states[index]}`, 's')))
}

function history(page: Page) {
  return page.getByRole('table', { name: 'Retrainings' }).locator('tbody tr')
}

async function generate(page: Page): Promise<void> {
  await page.goto('/data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill('2000')
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill('500')
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
}

test('runs what is stale, retrains from a correction, and rolls back', async ({ page }) => {
  test.slow()
  await generate(page)
  await page.goto(address())
  await expectStates(page, ['Fresh', 'New', 'New', 'New', 'New'])
  await page.getByRole('button', { name: 'Run what is stale' }).click()
  await expect(page.getByText('Data and pipelines are up to date.')).toBeVisible({ timeout: 120_000 })
  await expectStates(page, ['Fresh', 'Fresh', 'Fresh', 'Fresh', 'Fresh'])
  await expect(figure(page, 'In service')).toHaveText('Version 1')
  await expect(page.getByRole('button', { name: 'Run what is stale' })).toBeDisabled()

  // How the stages stand is nothing the page remembers.
  await page.reload()
  await expectStates(page, ['Fresh', 'Fresh', 'Fresh', 'Fresh', 'Fresh'])

  await page.goto(address({ 'train.lr': '0.002' }))
  await expectStates(page, ['Fresh', 'Stale', 'Stale', 'Stale', 'Stale'])
  await expect(page.locator('[data-stage=train]')).toContainText('train.lr changed from 0.003 to 0.002')
  await expect(page.locator('[data-stage=evaluate]')).toContainText('Train comes first')
  await page.goto(address({ 'release.max_loss': '6' }))
  await expectStates(page, ['Fresh', 'Fresh', 'Fresh', 'Stale', 'Stale'])
  await expect(page.locator('[data-stage=gate]')).toContainText('release.max_loss changed from 5 to 6')

  await openScreen(page, 'Draw')
  await page.getByRole('button', { name: 'Sample 3' }).click()
  await page.getByRole('button', { name: 'It was a 3' }).click()
  await expect(page.getByText(/^Kept:/)).toBeVisible()
  await page.goto(address())
  await expect(figure(page, 'Named digits to learn')).toHaveText('1')
  await page.getByRole('button', { name: 'Retrain now' }).click()
  const row = history(page).first()
  await expect(row).toContainText('Promoted', { timeout: 120_000 })
  await expect(row).toContainText('By hand')
  await expect(row).toContainText('mnist-classifier/2')
  await expect(figure(page, 'In service')).toHaveText('Version 2')
  await expect(figure(page, 'Named digits to learn')).toHaveText('0')
  await check(page)

  await row.getByRole('button', { name: 'Roll back' }).click()
  await expect(figure(page, 'In service')).toHaveText('Version 1', { timeout: 60_000 })
  await openScreen(page, 'Models')
  await expect(page.getByText('The retraining that made mnist-classifier/2 was undone').first()).toBeVisible()
})

test('a retraining that is cut short is seen, and the gate’s no keeps the champion', async ({ page }) => {
  test.slow()
  await generate(page)
  await page.goto(address())
  await page.getByRole('button', { name: 'Run what is stale' }).click()
  await expect(page.getByText('Data and pipelines are up to date.')).toBeVisible({ timeout: 120_000 })

  await page.goto(address({ 'retrain.epochs': '15' }))
  await page.getByRole('button', { name: 'Retrain now' }).click()
  await expect(page.getByText(/images\/s · .* left/).first()).toBeVisible({ timeout: 60_000 })
  await page.reload()
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(history(page).first()).toContainText('Promoted', { timeout: 120_000 })
  await expect(figure(page, 'In service')).toHaveText('Version 2')
  await expect(history(page)).toHaveCount(1)

  await page.goto(address({ 'retrain.epochs': '200' }))
  await page.getByRole('button', { name: 'Retrain now' }).click()
  await expect(page.getByText(/images\/s · .* left/).first()).toBeVisible({ timeout: 60_000 })
  await page.reload()
  await expect(page.getByText('A retraining was interrupted')).toBeVisible()
  await expect(history(page).first()).toContainText('Interrupted')
  await expect(page.getByRole('button', { name: 'Retrain now' })).toBeDisabled()
  await page.getByRole('button', { name: 'Give it up' }).click()
  await expect(history(page).first()).toContainText('Failed')
  await expect(figure(page, 'In service')).toHaveText('Version 2')

  await page.goto(address({ 'release.min_accuracy': '1', 'retrain.epochs': '1' }))
  await page.getByRole('button', { name: 'Retrain now' }).click()
  await expect(history(page)).toHaveCount(3)
  await expect(history(page).first()).toContainText('Discarded', { timeout: 120_000 })
  await expect(history(page).first()).toContainText('Rejected by the release gate')
  await expect(figure(page, 'In service')).toHaveText('Version 2')

  // Switched on, and nothing asks for it: nothing begins, and the choice stays.
  await page.getByLabel('Retrain by itself').check()
  await page.reload()
  await expect(page.getByLabel('Retrain by itself')).toBeChecked()
  await expect(history(page)).toHaveCount(3)
})

async function check(page: Page): Promise<void> {
  await expect(stages(page).first()).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([])
  }
}
