import { test as base, expect, type Page } from 'playwright/test'

/** Where the studio is served without any data beside it (playwright.config.ts). */
export const WITHOUT_DATA = `http://localhost:${Number(process.env['E2E_PORT'] ?? 4273) + 1}`

/** The folder of the real MNIST files, where there is one. */
export const MNIST_DIR = process.env['MNIST_DIR']

export const NEEDS_MNIST = 'needs the MNIST files: set MNIST_DIR to their folder (and build again)'

interface JourneyOptions {
  /** Messages of the console that a journey provokes on purpose. */
  allowedMessages: RegExp[]
}

/** A test whose page must not complain: errors and warnings of the console fail it, wherever they come from. */
export const test = base.extend<JourneyOptions & { quietConsole: void }>({
  allowedMessages: [[], { option: true }],
  quietConsole: [
    async ({ context, allowedMessages }, use) => {
      const complaints: string[] = []
      function note(text: string): void {
        if (!allowedMessages.some((allowed) => allowed.test(text))) complaints.push(text)
      }
      context.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
          note(`${message.type()}: ${message.text()} (${message.location().url})`)
      })
      context.on('weberror', (error) => note(`uncaught: ${error.error().stack ?? error.error().message}`))
      await use()
      expect(complaints, 'what the page complained about').toEqual([])
    },
    { auto: true },
  ],
})

export { expect }

/** Goes to a screen by the rail, as a person does: without a reload. */
export async function openScreen(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible()
}

/** A digest as the page shows it, whole. */
export async function readDigest(page: Page, what: string): Promise<string> {
  const title = await page
    .getByRole('button', { name: new RegExp(`^${what}`) })
    .first()
    .getAttribute('title')
  const digest = /^[0-9a-f]{32,64}/.exec(title ?? '')?.[0]
  expect(digest, `${what} as a digest`).toBeDefined()
  return digest ?? ''
}

/** A large figure by its name: "Test accuracy" → "98.31 %". */
export function figure(page: Page, name: string) {
  return page
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .first()
}

/** Fills the recipe, starts it, and waits until steps are made. */
export async function startTraining(page: Page, recipe: Readonly<Record<string, string>>): Promise<void> {
  await openScreen(page, 'Train')
  for (const [label, value] of Object.entries(recipe))
    await page.getByLabel(label, { exact: true }).fill(value)
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(page.getByText(/images\/s · .* left/).first()).toBeVisible({ timeout: 60_000 })
}
