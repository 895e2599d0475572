import { fileURLToPath } from 'node:url'
import { findNginx, startNginx, type RunningNginx } from '../deploy/nginx.testing'
import { expect, test } from './journey'

const binary = findNginx()

test.describe('served by deploy/nginx.conf', () => {
  test.skip(binary === null, 'needs nginx (Debian: nginx-light); NGINX_PATH can name it')

  let server: RunningNginx

  test.beforeAll(async () => {
    server = await startNginx(binary ?? '', fileURLToPath(new URL('../dist', import.meta.url)))
  })
  test.afterAll(() => server?.stop())

  test('the studio boots under its own policy, on any address, with nothing to complain about', async ({
    page,
  }) => {
    for (const path of ['/', '/data', '/train', '/runs', '/models', '/draw', '/system']) {
      const response = await page.goto(server.url + path)
      expect(response?.status()).toBe(200)
      expect(response?.headers()['content-security-policy']).toContain("default-src 'none'")
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.getByRole('main')).not.toBeEmpty()
    }
    expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true)
  })

  test('the policy refuses a foreign script for a worker and text as markup', async ({ page }) => {
    await page.goto(server.url)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    const refused = await page.evaluate(() => {
      const attempts: (() => unknown)[] = [
        () => new Worker('https://example.org/worker.js'),
        () => (document.createElement('div').innerHTML = '<b>text</b>'),
      ]
      return attempts.map((attempt) => {
        try {
          attempt()
          return 'allowed'
        } catch (error) {
          return error instanceof Error ? error.name : 'refused'
        }
      })
    })
    expect(refused).toEqual(['TypeError', 'TypeError'])
  })
})
