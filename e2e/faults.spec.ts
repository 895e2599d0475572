import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright/test'
import { diskOf, FULL } from './full-disk'
import { expect, openScreen, readDigest, test } from './journey'
import { FAULT_SEED, kill, launch, mulberry32, pageOf } from './killed-browser'
import { flipBit, storedDecisions, storedFaults, upgradeSchema } from './stored'
import { drawDigit } from './strokes'

/** The console repeats what the page already says about a refused write. */
test.use({ allowedMessages: [/quota/i] })

async function generate(page: Page, seed: string, train = '2000'): Promise<void> {
  await openScreen(page, 'Data')
  const fields = { Seed: seed, Training: train, Test: '300' }
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).and(page.getByRole('textbox')).fill(value)
  await page.getByRole('button', { name: 'Generate digits' }).click()
}

/** @param query parameters in the address, `train.epochs=2&…`; without them the page is not loaded anew */
async function startRun(
  page: Page,
  recipe: Readonly<Record<string, string>>,
  query: string | null = null,
): Promise<void> {
  if (query === null) await openScreen(page, 'Train')
  else await page.goto(`/train?${query}`)
  const another = page.getByRole('button', { name: 'Train another' })
  const start = page.getByRole('button', { name: 'Start training' })
  await expect(another.or(start)).toBeVisible()
  if (await another.isVisible()) await another.click()
  for (const [label, value] of Object.entries(recipe))
    await page.getByLabel(label, { exact: true }).fill(value)
  await start.click()
}

async function trained(page: Page): Promise<void> {
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 60_000 })
}

/** Digits and one run that became version 1. */
async function firstVersion(page: Page): Promise<void> {
  await page.goto('/runs')
  await generate(page, '1')
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
  await startRun(page, { Epochs: '1', 'Run name': 'first-run' })
  await trained(page)
}

async function expectReads(page: Page): Promise<void> {
  await drawDigit(page, 1)
  await expect(page.getByText(/% sure/).first()).toBeVisible()
}

function run(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: name })
}

function epochs(page: Page) {
  return page.getByRole('table', { name: 'Epochs' }).getByRole('rowheader')
}

async function weightsOf(page: Page, name: string): Promise<string> {
  await openScreen(page, 'Runs')
  await page.getByRole('link', { name }).click()
  await page.getByRole('tab', { name: 'Details' }).click()
  return readDigest(page, 'Weights SHA-256')
}

test('a full disk is named, loses nothing, and what it refused is done once there is space', async ({
  page,
  baseURL,
}) => {
  const { usage, limit } = await diskOf(page, baseURL)
  async function refused(train: string): Promise<void> {
    await generate(page, '2', train)
    await expect(page.getByRole('main').getByRole('alert')).toContainText(FULL)
  }
  async function untouched(): Promise<void> {
    await page.reload()
    await openScreen(page, 'Data')
    expect(await readDigest(page, 'Dataset digest')).toBe(digest)
    expect(await storedFaults(page)).toEqual([])
  }

  await limit(10_000_000)
  await firstVersion(page)
  await openScreen(page, 'Data')
  const digest = await readDigest(page, 'Dataset digest')

  await test.step('digits that do not fit are refused', async () => {
    await refused('11000')
    await untouched()
    await openScreen(page, 'Draw')
    await expectReads(page)
    await openScreen(page, 'Runs')
    await expect(run(page, 'first-run')).toContainText('Completed')
  })

  await test.step('a run that the disk fills up under keeps the epochs it stored', async () => {
    await openScreen(page, 'Data')
    await limit((await usage()) + 400_000)
    await refused('11000')
    await startRun(page, { Epochs: '30', 'Run name': 'squeezed-run' })
    await expect(page.getByRole('main').getByRole('alert')).toContainText(FULL, { timeout: 60_000 })
    await untouched()
    await openScreen(page, 'Runs')
    await expect(run(page, 'squeezed-run')).toContainText('Interrupted')
    await expect(run(page, 'squeezed-run')).toContainText(/[1-9]\d? of 30/)
    await expect(run(page, 'first-run')).toContainText('Completed')
  })

  await test.step('with space again, what was refused is done', async () => {
    await limit(2 ** 34)
    await generate(page, '2', '11000')
    await expect(page.getByRole('table').getByRole('row').filter({ hasText: '11,000' }).first()).toBeVisible()
    await startRun(page, { Epochs: '1', 'Run name': 'last-run' })
    await trained(page)
    expect(await storedFaults(page)).toEqual([])
  })
})

test.describe('a killed browser', () => {
  const ROUNDS = 3
  /** With moments, an average and the best epoch to take up again. */
  const RECIPE =
    'train.epochs=2&train.optimizer=adam&train.scheduler=one-cycle&train.ema_decay=0.9&train.final_weights=best&augment.shift=1'

  test('keeps what was shown as kept, and nothing by halves', async () => {
    process.stdout.write(`killed browser: FAULT_SEED=${FAULT_SEED}\n`)
    const folder = await mkdtemp(join(tmpdir(), 'studio-killed-'))
    const random = mulberry32(FAULT_SEED)
    try {
      const template = join(folder, 'template')
      await test.step('a profile with digits', async () => {
        const context = await launch(template)
        const page = await pageOf(context, '/runs')
        await generate(page, '1')
        await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
        await context.close()
      })
      let whole = { weights: '', milliseconds: 0 }
      for (let round = 0; round < ROUNDS; round++)
        await test.step(`round ${round}`, async () => {
          const profile = join(folder, `round-${round}`)
          await cp(template, profile, { recursive: true })
          const before = await launch(profile)
          const page = await pageOf(before, '/runs')
          await startRun(page, { 'Run name': 'killed-run' }, RECIPE)
          await expect(epochs(page).first()).toBeVisible()
          const shown = { epochs: 1, done: false }
          const watch = page
            .getByText(/^Done in/)
            .waitFor()
            .then(
              () => (shown.done = true),
              () => {},
            )
          const since = performance.now()
          // Round 0 is killed the moment the run is shown as done, and says how long that takes; the others around then.
          if (round === 0) await watch
          else await delay(whole.milliseconds * (0.3 + 0.9 * random()))
          const milliseconds = performance.now() - since
          await kill(before, profile)
          await watch

          const after = await launch(profile)
          const again = await pageOf(after, '/runs')
          const row = run(again, 'killed-run')
          await expect(row).toContainText(/Completed|Interrupted/)
          const completed = (await row.textContent())?.includes('Completed') ?? false
          if (shown.done) expect(completed, 'a run shown as done is completed').toBe(true)
          await expect(row).toContainText(completed ? '2 of 2' : /[12] of 2/)
          expect(await storedFaults(again)).toEqual([])
          await openScreen(again, 'Models')
          if (completed) await expect(run(again, 'Version 1')).toContainText('champion')
          else {
            await expect(again.getByText('No model registered yet')).toBeVisible()
            await openScreen(again, 'Runs')
            await again.getByRole('button', { name: 'Resume killed-run' }).click()
            await trained(again)
          }
          const weights = await weightsOf(again, 'killed-run')
          if (round === 0) whole = { weights, milliseconds }
          expect(weights).toBe(whole.weights)
          await openScreen(again, 'Draw')
          await expectReads(again)
          await after.close()
          test.info().annotations.push({
            type: `round ${round}`,
            description: `killed after ${milliseconds.toFixed(0)} ms, ${shown.done ? 'shown as done' : 'not shown as done'}, ${completed ? 'completed' : 'interrupted'}`,
          })
        })
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  })
})

test('one changed bit in stored weights is found, shown and not used; the same recipe repairs it', async ({
  page,
}) => {
  await firstVersion(page)
  await startRun(page, { Epochs: '1', 'Run name': 'second-run' }, 'train.seed=7')
  await trained(page)
  await page.getByRole('link', { name: 'Open the run' }).click()
  await page.getByRole('button', { name: /^Register in/ }).click()
  await expect(page.getByText('Registered as mnist-classifier/2')).toBeVisible()

  await flipBit(page, 'mnist-classifier/1')
  await page.goto('/draw?version=1')
  const alert = page.getByRole('main').getByRole('alert')
  await expect(alert).toContainText('Version 1 cannot read')
  await expect(alert).toContainText(/are damaged: their SHA-256 is now [0-9a-f]{64}\. They are not used/)
  await drawDigit(page, 1)
  await expect(page.getByText('No answer', { exact: true })).toBeVisible()
  await expect(page.getByText(/% sure/)).toHaveCount(0)

  await page.goto('/models?version=1')
  await expect(run(page, 'Version 1')).toContainText('Damaged')
  await expect(run(page, 'Version 2')).not.toContainText('Damaged')
  await expect(page.getByRole('main').getByRole('alert')).toContainText('This version is damaged')
  await page.goto('/draw?version=2')
  await expectReads(page)

  await startRun(page, { Epochs: '1', 'Run name': 'repair-run' })
  await trained(page)
  await page.goto('/models?version=1')
  await expect(run(page, 'Version 1')).toBeVisible()
  await expect(page.getByText('Damaged')).toHaveCount(0)
  await page.goto('/draw?version=1')
  await expectReads(page)
})

test('a tab of an older build is told so, and cannot write even when it is reloaded', async ({
  page,
  context,
}) => {
  await firstVersion(page)
  await page.getByRole('link', { name: 'Open the run' }).click()
  const before = await storedDecisions(page)

  const newer = await context.newPage()
  await newer.goto('/runs')
  await upgradeSchema(newer)
  await expect(page.getByText('A newer version of the studio is open in another tab')).toBeVisible()
  // What was shown stays, and what was not asked for before is not made up.
  await expect(page.getByRole('heading', { name: 'first-run' })).toBeVisible()
  await page.getByRole('tab', { name: 'Details' }).click()
  expect(await readDigest(page, 'Weights SHA-256')).toMatch(/^[0-9a-f]{64}$/)

  // This build's Dexie opens the newer database all the same: what is left to refuse the write is the fence.
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.getByRole('button', { name: 'Edit name, note and tags' }).click()
  await page.getByLabel('Run name', { exact: true }).fill('written-by-a-stale-tab')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(
    page.getByText(/This page writes schema \d+, the stored data have schema 100: .*Nothing was written/),
  ).toBeVisible()
  expect(await storedDecisions(page)).toBe(before)
})
