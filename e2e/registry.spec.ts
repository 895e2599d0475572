import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import { expect, openScreen, test } from './journey'
import { flipBit } from './stored'

const VERSION_1 = '/models?version=1'
const VERSION_2 = '/models?version=2'

async function makeDigits(page: Page): Promise<void> {
  await page.goto('/data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill('4000')
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill('1000')
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
}

/** A small network that learns fast, so that a lenient gate lets it pass after a few seconds. */
const RECIPE = 'train.preset=lite-bn&train.optimizer=adam&train.lr=0.005&train.batch_size=64&train.epochs=4'

async function train(page: Page, seed: number, name: string): Promise<void> {
  await page.goto(`/train?${RECIPE}&train.seed=${seed}`)
  await page.getByLabel('Run name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 120_000 })
}

function row(page: Page, text: string) {
  return page.getByRole('row').filter({ hasText: text })
}

function history(page: Page) {
  return page.getByRole('table', { name: 'History of the registry' })
}

/** The panel's own message, not a toast. */
function decision(page: Page, title: string) {
  return page.getByRole('main').getByText(title, { exact: true })
}

async function runGate(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run the gate' }).click()
  await expect(page.getByRole('button', { name: 'Run the gate' })).toBeEnabled({ timeout: 60_000 })
}

test('a version is registered, gated, promoted, rolled back, and the history tells all of it', async ({
  page,
}) => {
  await test.step('two runs: the first is version 1 by itself, the second is registered once', async () => {
    await makeDigits(page)
    await train(page, 1, 'first')
    await train(page, 2, 'second')
    await page.getByRole('link', { name: 'Open the run' }).click()
    await page.getByRole('button', { name: /^Register in/ }).click()
    await expect(page.getByText('Registered as mnist-classifier/2')).toBeVisible()
    await openScreen(page, 'Models')
    await page.getByRole('button', { name: 'Register the best run' }).click()
    await page.getByRole('menuitem', { name: /By validation accuracy/ }).click()
    await expect(page.getByText(/mnist-classifier\/\d has the same weights as run/)).toBeVisible()
  })

  await test.step('a gate approves it, and says how it stands beside the champion', async () => {
    await page.goto(VERSION_2)
    await page.getByLabel('Profile', { exact: true }).selectOption('ci')
    await runGate(page)
    await expect(decision(page, 'APPROVE')).toBeVisible()
    await expect(page.getByText('All 8 checks hold.')).toBeVisible()
    await expect(page.getByText(/^(Not distinguishable from|Better than|Worse than) mnist-cl/)).toBeVisible()
    const checks = page.getByRole('table', { name: /^Checks of the profile ci/ })
    await expect(checks.getByRole('row')).toHaveCount(9)
    await expect(checks.getByRole('row').filter({ hasText: 'Time an image' })).toContainText('ms')
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Assessment as JSON' }).click()
    const file = await (await downloading).path()
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      release_recommendation: 'APPROVE',
      all_checks_passed: true,
      passed_count: 8,
      thresholds_used: { min_accuracy: 0.8 },
    })
  })

  await test.step('a stricter one rejects it by name, which takes the approval back', async () => {
    await page.getByText('Thresholds', { exact: true }).click()
    await page.getByLabel('Accuracy', { exact: true }).fill('2')
    await expect(page.getByText('A number from 0 to 1')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Run the gate' })).toBeDisabled()
    await page.getByLabel('Accuracy', { exact: true }).fill('1')
    await expect(page.getByLabel('Profile', { exact: true })).toHaveValue('custom')
    await runGate(page)
    await expect(decision(page, 'REJECT')).toBeVisible()
    await expect(page.getByText(/1 of 8 checks fails: min_accuracy 0\.\d+ is 0\.\d+ under 1\./)).toBeVisible()
    await expect(page.getByRole('button', { name: 'Make it the champion' })).toBeDisabled()
  })

  await test.step('a person overrides it with a written reason, and makes it the champion', async () => {
    await page.getByLabel('Override, because').fill('too short')
    await expect(page.getByRole('button', { name: 'Override the rejection' })).toBeDisabled()
    await page.getByLabel('Override, because').fill('read 500 drawings by hand')
    await page.getByRole('button', { name: 'Override the rejection' }).click()
    await expect(decision(page, 'REJECT, overridden')).toBeVisible()
    await setClock(page, '2030-01-01T10:00:00')
    await page.getByRole('button', { name: 'Make it the champion' }).click()
    await expect(row(page, 'Version 2').first()).toContainText('champion')
    await expect(row(page, 'Version 1').first()).not.toContainText('champion')
  })

  await test.step('aliases and stages, and the table filtered by them', async () => {
    await page.getByLabel('Stage of the version').selectOption('Production')
    await expect(row(page, 'Version 2').first()).toContainText('Production')
    await page.getByLabel('Stage', { exact: true }).selectOption('Production')
    await expect(row(page, 'Version 1')).toHaveCount(0)
    await page.getByLabel('Stage', { exact: true }).selectOption('Any stage')
    await page.goto(VERSION_1)
    await page.getByLabel('Alias', { exact: true }).fill('challenger')
    await page.getByLabel('Reason', { exact: true }).fill('the one before')
    await page.getByRole('button', { name: 'Move to version 1' }).click()
    await expect(row(page, 'Version 1').first()).toContainText('challenger')
  })

  await test.step('note and tags are kept', async () => {
    await page.getByLabel('Note', { exact: true }).fill('the first of its kind')
    await page.getByLabel('Tags, one a line: key=value').fill('owner=me')
    await page.getByRole('button', { name: 'Keep note and tags' }).click()
    await expect(page.getByText('Note and tags of version 1 are kept')).toBeVisible()
  })

  await test.step('rolled back, after it answered its golden vectors once more', async () => {
    await setClock(page, '2030-01-02T10:00:00')
    await page.getByLabel('Why', { exact: true }).fill('drawn sevens go wrong')
    await page.getByRole('button', { name: 'Roll back to it' }).click()
    await expect(row(page, 'Version 1').first()).toContainText('champion')
    await expect(history(page)).toContainText(/mnist-classifier\/1 answered 32 golden vectors again/)
    await expect(history(page)).toContainText('champion moved from mnist-classifier/2 to mnist-classifier/1')
    await expect(history(page)).toContainText('drawn sevens go wrong')
    await expect(page.getByText(/\d+\sevents of all models, chain intact/)).toBeVisible()
  })

  await test.step('which version was in production when', async () => {
    const moment = page.getByLabel('Date and time')
    await moment.fill('2030-01-01T12:00:00')
    await expect(page.getByText('The champion was mnist-classifier/2.')).toBeVisible()
    await moment.fill('2030-01-02T10:00:00')
    await expect(page.getByText('The champion was mnist-classifier/1.')).toBeVisible()
    await moment.fill('2020-01-01T00:00:00')
    await expect(page.getByText('No version of mnist-classifier was in production then.')).toBeVisible()
  })

  await test.step('all of it survives a reload', async () => {
    await page.reload()
    await expect(page.getByLabel('Note', { exact: true })).toHaveValue('the first of its kind')
    await expect(page.getByLabel('Tags, one a line: key=value')).toHaveValue('owner=me')
    await openScreen(page, 'Models')
    await expect(row(page, 'Version 1').first()).toContainText('champion')
  })

  await test.step('a damaged version does not come back', async () => {
    await flipBit(page, 'mnist-classifier/2')
    await page.goto(VERSION_2)
    await page.getByLabel('Why', { exact: true }).fill('it was better')
    await page.getByRole('button', { name: 'Roll back to it' }).click()
    await expect(page.getByText(/are damaged: their SHA-256 is now [0-9a-f]{64}/)).toBeVisible()
    await expect(row(page, 'Version 1').first()).toContainText('champion')
    await expect(page.getByLabel('Why', { exact: true })).toHaveValue('it was better')
  })

  await test.step('one changed event breaks the chain visibly', async () => {
    await changeReason(page, 3)
    await page.reload()
    await expect(page.getByText('The history does not hold from event 3 on')).toBeVisible()
    await expect(page.getByText(/event 3 was changed after it was written/)).toBeVisible()
  })
})

/** The page's clock stands at a moment of the local time zone, until it is reloaded. */
async function setClock(page: Page, moment: string): Promise<void> {
  await page.evaluate((text) => {
    const now = new Date(text).getTime()
    Date.now = () => now
  }, moment)
}

/** Rewrites one event of the history behind the studio's back. */
function changeReason(page: Page, sequence: number): Promise<void> {
  return page.evaluate(
    (number) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('mnist-studio')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('events', 'readwrite')
          const events = transaction.objectStore('events')
          const reading = events.get(number)
          reading.onsuccess = () => {
            events.put({ ...(reading.result as object), reason: 'nobody will notice' })
          }
          transaction.oncomplete = () => {
            opening.result.close()
            resolve()
          }
          transaction.onerror = () => reject(transaction.error)
        }
      }),
    sequence,
  )
}
