import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright/test'
import { expect, openScreen, startTraining, test } from './journey'

/** A request and what every host answers to it; the studio's server is asked the same (headless/api-server.test.ts). */
interface ConformanceCase {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: string
  readonly separator?: string
  readonly status: number
  readonly type?: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly keys?: readonly string[]
  readonly error?: string
  readonly text?: string
  readonly allow?: string
  readonly empty?: true
}

const CASES = JSON.parse(
  readFileSync(fileURLToPath(new URL('api-conformance.json', import.meta.url)), 'utf8'),
) as readonly ConformanceCase[]

/** `<784*0>` stands for 784 zeros with commas between them. */
function requestBody({ json, separator = ',' }: ConformanceCase): string | null {
  let text = json ?? null
  const innermost = /<(\d+)\*([^<>]*)>/
  for (let found = innermost.exec(text ?? ''); found !== null; found = innermost.exec(text ?? ''))
    text = (text ?? '').replace(found[0], Array(Number(found[1])).fill(found[2]).join(separator))
  return text
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a request from within the page, as its own scripts would. */
function ask(page: Page, asked: Asked) {
  return page.evaluate(async ({ method, path, body = null, headers = {} }) => {
    const response = await fetch(path, {
      method,
      ...(body === null ? {} : { body, headers: { 'content-type': 'application/json', ...headers } }),
    })
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
  }, asked)
}

/** Answers that the version in use gave to requests, as they are kept. */
function keptAnswers(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const opening = indexedDB.open('mnist-studio-metrics')
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    const request: IDBRequest<{ readonly source: string; readonly versionId: string }[]> = database
      .transaction('predictions')
      .objectStore('predictions')
      .getAll()
    const rows = await new Promise<typeof request.result>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    database.close()
    return rows.filter(({ source, versionId }) => source === 'api' && versionId === 'mnist-classifier/1')
      .length
  })
}

async function controlled(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
}

/** Digits written by the studio itself, and a first version trained on them. */
async function trainFirstVersion(page: Page): Promise<void> {
  await openScreen(page, 'Data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill('2000')
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill('300')
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
  await startTraining(page, { Epochs: '4' })
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 120_000 })
}

// Whoever asks for what cannot be had sees it in the console, too.
test.use({
  allowedMessages: [/Failed to load resource: the server responded with a status of (4\d\d|503)/],
})

test('the page answers the inference API as the studio’s server does', async ({ page, context }) => {
  await page.goto('/data')
  await controlled(page)
  const early = await ask(page, { method: 'GET', path: '/health' })
  expect(early.status).toBe(503)
  expect(early.body).toContain('No version has the alias champion')

  await trainFirstVersion(page)
  await expect
    .poll(async () => (await ask(page, { method: 'GET', path: '/health' })).status, { timeout: 20_000 })
    .toBe(200)
  for (const wanted of CASES)
    await test.step(`${wanted.method} ${wanted.path}: ${wanted.name}`, async () => {
      const answer = await ask(page, {
        method: wanted.method,
        path: wanted.path,
        body: requestBody(wanted),
        headers: wanted.headers ?? {},
      })
      expect(answer.status, `${wanted.name}: ${answer.body.slice(0, 300)}`).toBe(wanted.status)
      expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
      if (wanted.type !== undefined) expect(answer.headers['content-type']).toContain(wanted.type)
      if (wanted.allow !== undefined) expect(answer.headers['allow']).toBe(wanted.allow)
      if (wanted.empty) expect(answer.body).toBe('')
      if (wanted.text !== undefined) expect(answer.body).toMatch(new RegExp(wanted.text))
      if (wanted.body) expect(JSON.parse(answer.body)).toMatchObject(wanted.body)
      for (const key of wanted.keys ?? []) expect(JSON.parse(answer.body)).toHaveProperty(key)
      if (wanted.error !== undefined)
        expect((JSON.parse(answer.body) as { error: string }).error).toMatch(new RegExp(wanted.error))
    })

  // Every digit that was read is kept for drift: one, or as many as the request had.
  const read = CASES.filter(({ status, method }) => status === 200 && method === 'POST')
  await expect.poll(() => keptAnswers(page)).toBeGreaterThanOrEqual(read.length)

  // The description is a page of its own, and what it loads is allowed by its own policy; another tab answers for it.
  const docs = await context.newPage()
  await docs.goto('/docs')
  await expect(docs.getByRole('heading', { level: 1, name: 'MNIST Studio inference API' })).toBeVisible()
  expect(await docs.evaluate(() => getComputedStyle(document.body).margin)).toBe('0px')
  expect((await docs.goto('/health'))?.status()).toBe(200)
  await docs.goto('/metrics')
  await expect(docs.getByText('mnist_model_info{version="1"')).toBeVisible()
  await page.close()
  expect((await docs.goto('/health'))?.status()).toBe(503)
  await expect(docs.getByText('No page of the studio is open')).toBeVisible()
})

test('the API screen tries, watches and loads the API', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/data')
  await controlled(page)
  await trainFirstVersion(page)
  await openScreen(page, 'API')
  await expect(page.getByText('champion (version 1)')).toBeAttached()

  await page.getByLabel('Test digit').fill('3')
  await expect(page.getByRole('img', { name: /^A \d$/ })).toBeVisible()
  await page.getByRole('button', { name: 'Send' }).click()
  const answer = page.getByRole('group', { name: 'Answer' })
  await expect(answer).toContainText('"prediction":')
  await expect(answer).toContainText('"model_version": "1"')
  await expect(page.getByText(/^200 in/)).toBeVisible()

  await page.getByLabel('Body').fill('{"image": [1, 2]}')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(answer).toContainText('Invalid flattened length 2, expected 784')
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await expect(page.getByText('Copied as curl')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
    `curl -s -X POST http://localhost:8000/predict -H 'Content-Type: application/json' -d '{"image":[1,2]}'`,
  )

  await page.getByLabel('Endpoint', { exact: true }).selectOption('POST /v2/models/{model}/infer')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(answer).toContainText('"model_name": "mnist-classifier"')
  await expect(answer).toContainText('"id": "try-it"')

  await page.getByRole('tab', { name: 'Metrics' }).click()
  await expect(page.getByRole('group', { name: 'Metrics' })).toContainText('mnist_predictions_total{')
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  expect((await downloading).suggestedFilename()).toBe('metrics.prom')

  await page.getByRole('tab', { name: 'Load test' }).click()
  await page.getByLabel('Requests').fill('0')
  await expect(page.getByText('The requests must be a whole number from 1 to 100,000.')).toBeVisible()
  await page.getByLabel('Requests').fill('60')
  await page.getByRole('button', { name: 'Run load test' }).click()
  const table = page.getByRole('table', { name: 'Load test' })
  await expect(table.getByRole('rowheader')).toHaveText(['One after the other', '8 at once'], {
    timeout: 60_000,
  })
  await page.getByRole('button', { name: 'Copy as JSON' }).click()
  const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as {
    readonly concurrent: { readonly errors: number; readonly accuracy: number; readonly requests: number }
  }
  expect(report.concurrent).toMatchObject({ requests: 60, errors: 0 })
  expect(report.concurrent.accuracy).toBeGreaterThan(0.3)

  await page.getByRole('tab', { name: 'Endpoints' }).click()
  await expect(page.getByRole('table', { name: 'Endpoints' }).getByRole('rowheader')).toHaveCount(23)
})
