import { join } from 'node:path'
import { expect, openScreen, startTraining, test } from './journey'

const FOLDER = 'test-results/screens'
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
const SIZES = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
]

/** Pictures for people to look at, and the promise that a phone never has to scroll sideways. */
test('every screen, light and dark, wide and on a phone', async ({ page }) => {
  async function picture(name: string): Promise<void> {
    // A screen's code comes when it is first opened; a picture of the wait shows nothing.
    await expect(page.getByRole('main')).toHaveText(/\S/)
    for (const size of SIZES)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(size)
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const overflow = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement
          return scrollWidth - clientWidth
        })
        expect(overflow, `${name} at ${size.width} px scrolls sideways by`).toBe(0)
        await page.screenshot({ path: join(FOLDER, `${name}-${size.name}-${colorScheme}.png`) })
      }
    await page.setViewportSize({ width: 1440, height: 900 })
  }

  await page.goto('/runs')
  for (const name of ['Runs', 'Models', 'Draw', 'Train']) {
    await openScreen(page, name)
    await picture(`empty-${name.toLowerCase()}`)
  }
  await openScreen(page, 'Data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill('4000')
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill('1000')
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
  await openScreen(page, 'Train')
  await page.getByRole('button', { name: 'Recipes' }).click()
  await page.getByRole('menuitem', { name: /Release gate, default/ }).click()
  await page.getByRole('button', { name: 'All parameters' }).click()
  await page.getByLabel('Rotation', { exact: true }).fill('15')
  await picture('train-every-parameter')
  await page.getByRole('button', { name: 'Reset' }).click()
  await startTraining(page, { Epochs: '3' })
  await picture('train-under-way')
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 120_000 })
  await picture('train-done')
  for (const name of SCREENS) {
    await openScreen(page, name)
    if (name === 'Draw') {
      await page.getByRole('button', { name: 'Sample 3' }).click()
      await expect(page.getByText(/% sure/)).toBeVisible()
    }
    await picture(name.toLowerCase())
  }
  await openScreen(page, 'Runs')
  await page.getByRole('table').getByRole('link').first().click()
  for (const tab of ['Curves', 'Confusion', 'Misread digits', 'Model', 'Details']) {
    await page.getByRole('tab', { name: tab }).click()
    await picture(`run-${tab.toLowerCase().replace(' ', '-')}`)
  }
})
