import { expect, openScreen, test } from './journey'

test('once opened, the studio opens again without a network, on every screen', async ({ page, context }) => {
  await page.goto('/')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await context.setOffline(true)
  await page.reload()
  for (const name of ['Data', 'Train', 'Runs', 'Models', 'Draw', 'System']) await openScreen(page, name)
  await page.goto('/runs?sort=name')
  await expect(page.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible()
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true)
})

test('a newer build waits until it is asked for, and then leaves nothing of the old one', async ({
  page,
  context,
}) => {
  await page.goto('/')
  await page.evaluate(() => navigator.serviceWorker.ready)
  const before = await page.evaluate(() => caches.keys())
  expect(before).toHaveLength(1)

  // The next deployment: the same files under another build's name.
  await context.route('**/service-worker.js', async (route) => {
    const response = await route.fetch()
    const script = (await response.text()).replace(
      /"?build"?:\s*[`"'][0-9a-f]{16}[`"']/,
      'build:"ffffffffffffffff"',
    )
    expect(script).toContain('ffffffffffffffff')
    await route.fulfill({ response, body: script })
  })
  const waiting = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.update()
    while (registration.waiting === null) await new Promise((resolve) => setTimeout(resolve, 50))
    return { old: registration.active?.state, controlled: navigator.serviceWorker.controller !== null }
  })
  expect(waiting).toEqual({ old: 'activated', controlled: true })
  expect(await page.evaluate(() => caches.keys())).toHaveLength(2)

  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    const taken = new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    )
    registration.waiting?.postMessage('take-over')
    await taken
  })
  await expect.poll(() => page.evaluate(() => caches.keys())).toEqual(['mnist-studio-ffffffffffffffff'])
})
