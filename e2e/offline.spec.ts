import { createServer } from 'node:http'
import { expect, openScreen, test } from './journey'

test('once opened, the studio opens again without a network, on every screen', async ({ page, context }) => {
  await page.goto('/')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await context.setOffline(true)
  await page.reload()
  for (const name of ['Data', 'Train', 'Runs', 'Models', 'Draw', 'API', 'System'])
    await openScreen(page, name)
  await page.goto('/runs?sort=name')
  await expect(page.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible()
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true)
})

/** The studio behind another address, which can change to the next deployment: the same files as another build. */
async function deployments(origin: string) {
  let isNewer = false
  const server = createServer((request, response) => {
    void fetch(new URL(request.url ?? '/', origin)).then(async (found) => {
      const headers = Object.fromEntries(found.headers)
      // fetch has unpacked the body; what it was packed as no longer holds.
      for (const name of [
        'content-encoding',
        'content-length',
        'transfer-encoding',
        'connection',
        'keep-alive',
      ])
        delete headers[name]
      response.writeHead(found.status, headers)
      const body = Buffer.from(await found.arrayBuffer())
      const isWorker = isNewer && request.url === '/service-worker.js'
      response.end(isWorker ? body.toString().replace(/[0-9a-f]{16}(?=[`"'],\s*"?entries)/, NEWER) : body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://localhost:${port}`,
    deploy: () => (isNewer = true),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const NEWER = 'f'.repeat(16)

test('a newer build waits until it is asked for, and then leaves nothing of the old one', async ({
  page,
  baseURL,
}) => {
  const site = await deployments(baseURL ?? '')
  try {
    await page.goto(site.url)
    await page.evaluate(() => navigator.serviceWorker.ready)
    expect(await page.evaluate(() => caches.keys())).not.toContain(`mnist-studio-${NEWER}`)

    site.deploy()
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
    const notice = page.getByRole('status').filter({ hasText: 'A newer version of the studio is ready' })
    await expect(notice).toBeVisible()
    expect(await page.evaluate(() => caches.keys())).toHaveLength(2)

    // Another page runs the older build: its files must not be taken away.
    const other = await page.context().newPage()
    await other.goto(`${site.url}/draw`)
    await notice.getByRole('button').click()
    await expect(page.getByText('The newer version has to wait')).toBeVisible()
    expect(await page.evaluate(() => caches.keys())).toHaveLength(2)
    await other.close()

    await page.reload()
    // A browser may take a moment to forget a closed page, and to end what the old worker had in flight: a person presses again.
    await expect(async () => {
      if (await notice.isVisible()) await notice.getByRole('button').click()
      await page.waitForFunction(
        async (newer) => (await caches.keys()).join() === newer,
        `mnist-studio-${NEWER}`,
        {
          timeout: 8_000,
        },
      )
    }).toPass({ timeout: 90_000 })
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  } finally {
    await site.close()
  }
})
