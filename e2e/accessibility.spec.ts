import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright/test'
import { expect, test } from './journey'
import { makeDigits, QUICK_LOOP, TOUR } from './tour'

// A trace takes a picture of the page at every look of axe's, longer than the look; what axe found names its elements.
test.use({ trace: 'off' })

for (const { title, walk } of TOUR)
  test(`axe finds nothing, light and dark: ${title}`, async ({ page }) => {
    test.setTimeout(600_000)
    await walk(page, async (name) => {
      await expect(page.locator('main')).toHaveText(/\S/)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const axe = new AxeBuilder({ page })
        // Nothing but colours is another thing in the dark.
        if (colorScheme === 'dark') axe.withRules(['color-contrast'])
        const { violations } = await axe.analyze()
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
        )
        expect.soft(found, `${name}, ${colorScheme}`).toEqual([])
      }
    })
  })

/** No screen has more stops than this before any of its controls. */
const MOST_STOPS = 150

/** Presses Tab until the control has the focus, and sees that a person could tell. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  await expect(control).toBeVisible()
  await expect(control).toBeEnabled()
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press('Tab')
    if (!(await control.evaluate((element) => element === document.activeElement))) continue
    const shown = await control.evaluate((element) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
    })
    expect(shown, 'the focus is seen').toBe(true)
    return
  }
  throw new Error(`Tab does not reach ${String(control)} within ${MOST_STOPS} stops`)
}

async function press(page: Page, control: Locator): Promise<void> {
  await tabTo(page, control)
  await page.keyboard.press('Enter')
}

/** To another screen through the command palette. */
async function command(page: Page, screen: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.type(screen)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: screen, exact: true })).toBeVisible()
  await expect(page.getByRole('dialog')).toBeHidden()
}

test('the whole loop with the keyboard alone: pipeline, drawing, gate, drift, API, runs', async ({
  page,
}) => {
  test.setTimeout(300_000)
  await makeDigits(page, 2000, 500)

  await test.step('the pipeline runs what is stale', async () => {
    await page.goto(QUICK_LOOP)
    await press(page, page.getByRole('button', { name: 'Run what is stale' }))
    await expect(page.getByText('Data and pipelines are up to date.')).toBeVisible({ timeout: 120_000 })
  })

  await test.step('a digit is drawn by its key, and judged', async () => {
    await command(page, 'Draw')
    await tabTo(page, page.getByRole('group', { name: /^Drawing area/ }))
    await page.keyboard.press('3')
    await expect(page.getByText(/% sure/).first()).toBeVisible()
    await page.keyboard.press('n')
    await page.keyboard.press('3')
    await expect(page.getByText(/^Kept:/)).toBeVisible()
  })

  await test.step('the gate judges a version', async () => {
    await command(page, 'Models')
    await press(page, page.getByRole('button', { name: 'Run the gate' }))
    await expect(page.getByRole('table', { name: /^Checks of the profile/ })).toBeVisible({ timeout: 60_000 })
  })

  await test.step('drift is looked for', async () => {
    await command(page, 'Monitor')
    await press(page, page.getByRole('button', { name: 'Check now' }))
    await expect(page.getByRole('heading', { name: 'Latest check' })).toBeVisible({ timeout: 60_000 })
  })

  await test.step('the API is tried, and its tabs are turned by arrows', async () => {
    await command(page, 'API')
    await press(page, page.getByRole('button', { name: 'Send' }))
    await expect(page.getByRole('group', { name: 'Answer' })).toContainText('"prediction":')
    await page.getByRole('tab', { selected: true }).focus()
    for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
    await expect(page.getByRole('group', { name: 'Metrics' })).toBeVisible()
  })

  await test.step('a run is chosen, edited and opened', async () => {
    await command(page, 'Runs')
    const choice = page.getByRole('checkbox', { name: /^Choose / }).last()
    await tabTo(page, choice)
    await page.keyboard.press('Space')
    await expect(choice).toBeChecked()
    await press(page, page.getByRole('button', { name: 'Tag', exact: true }))
    await expect(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await press(page, page.getByRole('table', { name: 'Runs' }).getByRole('link').first())
    await expect(page.getByRole('tab', { name: 'Curves' })).toBeVisible()
  })
})

test('the first stop of every page leads past the rail', async ({ page }) => {
  await page.goto('/runs')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
})
