import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { expect, test } from './journey'
import { TOUR } from './tour'

const FOLDER = 'test-results/screens'
const SIZES = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
] as const

/** No picture is taller: a longer screen is cut there. */
const TALLEST = 6000

/** The least side of what a finger is to meet, by WCAG 2.2 (2.5.8). */
const LEAST_TARGET = 24

/** Pictures for people to look at, and the promises that a phone never scrolls sideways and its rail is whole. */
for (const { title, walk } of TOUR)
  test(`pictures: ${title}`, async ({ page }) => {
    test.setTimeout(600_000)
    await page.setViewportSize(SIZES[0])
    await walk(page, async (name) => {
      // A screen's code comes when it is first opened; a picture of the wait shows nothing.
      await expect(page.locator('main')).toHaveText(/\S/)
      for (const size of SIZES) {
        await page.setViewportSize(size)
        // Charts take their new size in the next frames.
        await expect
          .poll(() => sideways(page), { message: `${name} at ${size.width} px scrolls sideways by` })
          .toBe(0)
        if (size.name === 'phone') expect(await clippedLinks(page), `${name}: links of the rail`).toEqual([])
        await growToContent(page, size)
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
          await page.screenshot({ path: join(FOLDER, `${name}-${size.name}-${colorScheme}.png`) })
        }
      }
      await page.setViewportSize(SIZES[0])
    })
  })

/** By how many pixels the page or its main part is wider than the screen. */
function sideways(page: Page): Promise<number> {
  return page.evaluate(() =>
    Math.max(
      ...[document.documentElement, document.querySelector('main')].map((element) =>
        element === null ? 0 : element.scrollWidth - element.clientWidth,
      ),
    ),
  )
}

/** Links of the rail that are too small to touch or not wholly on the screen. */
function clippedLinks(page: Page): Promise<string[]> {
  return page.locator('nav a').evaluateAll(
    (links, least) =>
      links
        .filter((link) => {
          const { left, right, bottom, width, height } = link.getBoundingClientRect()
          return width < least || height < least || left < 0 || right > innerWidth || bottom > innerHeight
        })
        .map((link) => link.textContent),
    LEAST_TARGET,
  )
}

/** The main part scrolls by itself: a window as tall as all of it shows the whole screen. */
async function growToContent(
  page: Page,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<void> {
  const hidden = await page
    .locator('main')
    .evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)
  if (hidden > 0) await page.setViewportSize({ width, height: Math.min(height + hidden, TALLEST) })
}
