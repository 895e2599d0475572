import { AxeBuilder } from '@axe-core/playwright'
import { expect, openScreen, startTraining, test } from './journey'

const SCREENS = [
  'Overview',
  'Data',
  'Train',
  'Runs',
  'Models',
  'Draw',
  'Monitor',
  'Pipeline',
  'API',
  'System',
]

test('axe finds nothing on any screen, empty and filled, light and dark', async ({ page }) => {
  async function check(what: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const { violations } = await new AxeBuilder({ page }).analyze()
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
      )
      expect(found, `${what}, ${colorScheme}`).toEqual([])
    }
  }

  await page.goto('/runs')
  for (const name of ['Runs', 'Models', 'Draw', 'Train']) {
    await openScreen(page, name)
    await check(`${name}, empty`)
  }

  await openScreen(page, 'Data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill('1000')
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill('200')
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
  await openScreen(page, 'Train')
  await page.getByRole('button', { name: 'Recipes' }).click()
  await expect(page.getByRole('menuitem')).not.toHaveCount(0)
  await check('Train, recipes')
  await page.getByRole('menuitem', { name: /Pipeline, 15 epochs/ }).click()
  await page.getByRole('button', { name: 'All parameters' }).click()
  await page.getByLabel('Shear', { exact: true }).fill('90')
  await check('Train, every parameter, one of them wrong')
  await page.getByRole('button', { name: 'Reset' }).click()

  await startTraining(page, { Epochs: '20' })
  await page.getByRole('button', { name: 'Profile', exact: true }).click()
  await check('Train, under way')
  await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText(/^Stopped after/)).toBeVisible({ timeout: 60_000 })
  await check('Train, stopped')

  for (const name of SCREENS) {
    await openScreen(page, name)
    await check(name)
  }
  await openScreen(page, 'Runs')
  await page.getByRole('table').getByRole('link').first().click()
  for (const tab of ['Curves', 'Confusion', 'Misread digits', 'Model', 'Details']) {
    await page.getByRole('tab', { name: tab }).click()
    await check(`Run, ${tab}`)
  }
  await openScreen(page, 'Draw')
  await page.getByRole('button', { name: 'Sample 3' }).click()
  await expect(page.getByText(/% sure/)).toBeVisible()
  await check('Draw, with a digit')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await check('Commands')
})
