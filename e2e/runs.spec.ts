import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import { expect, openScreen, startTraining, test } from './journey'
import { traceMainThread } from './main-thread'
import { seedRuns } from './many-runs'

async function makeDigits(page: Page, training: string, tests: string): Promise<void> {
  await page.goto('/data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill(training)
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill(tests)
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
}

async function trained(page: Page, name: string, recipe: Readonly<Record<string, string>>): Promise<void> {
  await openScreen(page, 'Train')
  const again = page.getByRole('button', { name: 'Train another' })
  if (await again.isVisible()) await again.click()
  await page.getByLabel('Preset', { exact: true }).selectOption('lite')
  await startTraining(page, { 'Run name': name, ...recipe })
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 120_000 })
}

async function downloaded(page: Page, press: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  return readFile(await download.path(), 'utf8')
}

function table(page: Page, name = 'Runs') {
  return page.getByRole('table', { name })
}

function rows(page: Page) {
  return table(page).getByRole('row')
}

test('two runs are found, tagged, compared in words, exported, and tell what they did', async ({ page }) => {
  test.setTimeout(300_000)
  const filter = page.getByRole('combobox', { name: 'Filter' })

  await makeDigits(page, '4000', '500')
  await trained(page, 'slow-rate', { Epochs: '2', 'Learning rate': '0.01' })
  await trained(page, 'fast-rate', { Epochs: '2', 'Learning rate': '0.05' })

  await test.step('the table is sorted by any column, and the order is in the address', async () => {
    await openScreen(page, 'Runs')
    await expect(rows(page)).toHaveCount(3)
    await page.getByRole('button', { name: 'Columns', exact: true }).click()
    await page.getByRole('textbox', { name: 'Find a column' }).fill('lr')
    await page.getByRole('checkbox', { name: 'lr', exact: true }).check()
    await page.getByRole('button', { name: 'Columns', exact: true }).click()
    await page.getByRole('button', { name: 'params.lr' }).click()
    await expect(rows(page).nth(1)).toContainText('slow-rate')
    await page.getByRole('button', { name: 'params.lr' }).click()
    await expect(rows(page).nth(1)).toContainText('fast-rate')
    await expect(page).toHaveURL(/order=params\.lr\+DESC/)
    await page.reload()
    await expect(rows(page).nth(1)).toContainText('fast-rate')
  })

  await test.step('a filter is completed by keyboard, and points at what is wrong with it', async () => {
    await filter.fill('par')
    await filter.pressSequentially('ams.l')
    await expect(page.getByRole('option').first()).toContainText('params.')
    await filter.press('Escape')
    await filter.fill('params.lr')
    await filter.press('End')
    await filter.fill('params.lr > 0.02 OR')
    await expect(page.getByText('Character 20: expected a field', { exact: false })).toBeVisible()
    await filter.fill('NOT (params.lr <= 0.02) AND metrics.test_accuracy IS NOT NULL')
    await expect(rows(page)).toHaveCount(2)
    await expect(rows(page).nth(1)).toContainText('fast-rate')
    await expect(page.getByText('1 of 2 kept')).toBeVisible()
    await filter.fill('metrics.test_acc')
    await filter.press('ArrowDown')
    await filter.press('Enter')
    await expect(filter).toHaveValue('metrics.test_accuracy ')
    await filter.fill('')
    await expect(rows(page)).toHaveCount(3)
  })

  await test.step('name, note and tags; many at once; deleted and brought back', async () => {
    await page.getByRole('button', { name: 'Edit slow-rate' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Run name').fill('steady-rate')
    await dialog.getByLabel('Note').fill('the usual rate')
    await dialog.getByLabel('Tags').fill('owner = Ada\nbaseline')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toBeHidden()
    await expect(rows(page).filter({ hasText: 'steady-rate' })).toContainText('owner=Ada')
    await page.getByRole('button', { name: 'Choose all' }).click()
    await page.getByRole('button', { name: 'Tag', exact: true }).click()
    await page.getByRole('dialog').getByLabel('Key').fill('study')
    await page.getByRole('dialog').getByLabel('Value').fill('rates')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await filter.fill("tags.study = 'rates' AND tags.owner LIKE 'A%'")
    await expect(rows(page)).toHaveCount(2)
    await filter.fill('')
    await page.getByRole('button', { name: 'Delete fast-rate' }).click()
    await expect(rows(page)).toHaveCount(2)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(rows(page)).toHaveCount(3)
  })

  await test.step('an archived run is out of sight until it is asked for', async () => {
    await page.getByRole('button', { name: 'Choose none' }).click()
    await page.getByRole('checkbox', { name: 'Choose fast-rate' }).check()
    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    await expect(rows(page)).toHaveCount(2)
    await page.getByRole('checkbox', { name: 'Archived', exact: true }).check()
    await expect(rows(page).filter({ hasText: 'fast-rate' })).toContainText('archived')
    await page.getByRole('button', { name: 'Unarchive' }).click()
    await page.getByRole('checkbox', { name: 'Archived', exact: true }).uncheck()
    await expect(rows(page)).toHaveCount(3)
    await page.getByRole('button', { name: 'Choose none' }).click()
  })

  await test.step('the table as CSV and JSON', async () => {
    async function exported(item: RegExp): Promise<string> {
      return downloaded(page, async () => {
        await page.getByRole('button', { name: 'Export', exact: true }).click()
        await page.getByRole('menuitem', { name: item }).click()
      })
    }
    const csv = (await exported(/CSV, everything/)).trimEnd().split('\r\n')
    expect(csv).toHaveLength(3)
    expect(csv[0]).toContain('metrics.train_loss_epoch_mean')
    expect(csv.find((line) => line.includes('steady-rate'))).toContain('the usual rate')
    const json = JSON.parse(await exported(/^JSON/)) as { runs: { run_name: string; epochs: unknown[] }[] }
    expect(json.runs.map(({ run_name }) => run_name).toSorted()).toEqual(['fast-rate', 'steady-rate'])
    expect(json.runs[0]?.epochs).toHaveLength(2)
  })

  await test.step('side by side: what differs, and whether that is more than chance', async () => {
    const choice = page.getByRole('checkbox', { name: /^Choose (steady|fast)-rate$/ })
    for (const box of await choice.all()) await box.check()
    await page.getByRole('link', { name: 'Compare', exact: true }).click()
    await expect(
      page.getByText(
        /of 500 digits (fewer|more) wrong; a difference that large|Right and wrong on the same|As many of 500/,
      ),
    ).toBeVisible()
    await expect(page.getByText(/: (not )?distinguishable$/)).toBeVisible()
    const parameters = table(page, 'Parameters of the compared runs')
    await expect(parameters.getByRole('row')).toHaveCount(2)
    await expect(parameters).toContainText('train.lr')
    await page
      .getByRole('button', { name: /^Show all \d+/ })
      .first()
      .click()
    await expect(parameters.getByRole('row').nth(20)).toBeVisible()
    await expect(table(page, 'Metrics of the compared runs')).toContainText(/% \(\d+\.\d\d – \d+\.\d\d\)/)
    await expect(page.getByRole('heading', { name: 'Confusion, difference' })).toBeVisible()
    await expect(page.getByRole('heading', { name: /^(Right|Wrong) in/ }).first()).toBeVisible()
    await expect(page.getByRole('img', { name: /Training loss over \d+ points/ })).toBeVisible()
    const csv = await downloaded(page, async () => {
      await page.getByRole('button', { name: 'Export comparison' }).click()
      await page.getByRole('menuitem', { name: /^CSV/ }).click()
    })
    expect(csv).toContain('param,train.lr,')
  })

  await test.step('a run tells what it did', async () => {
    await page.getByRole('link', { name: 'steady-rate' }).first().click()
    await expect(page.getByText('the usual rate')).toBeVisible()
    await page.getByRole('tab', { name: 'Log' }).click()
    const lines = page.getByRole('list', { name: 'Log lines' }).getByRole('listitem')
    await expect(lines.filter({ hasText: /Epoch 2 of 2: training loss/ })).toHaveCount(1)
    await expect(lines.filter({ hasText: /Engine: wasm/ })).toHaveCount(1)
    await page.getByLabel('Find in the log').fill('test split')
    await expect(lines).toHaveCount(1)
    const text = await downloaded(page, () => page.getByRole('button', { name: 'Download JSONL' }).click())
    expect(JSON.parse(text)).toMatchObject({ level: 'info', sequence: expect.any(Number) })
  })
})

test('a search tries values one after the other, is stopped, and goes on after a reload', async ({
  page,
}) => {
  test.setTimeout(300_000)
  await makeDigits(page, '6000', '300')
  await openScreen(page, 'Train')
  await page.getByLabel('Preset', { exact: true }).selectOption('lite')
  await openScreen(page, 'Runs')
  await page.goto('/runs/search?train.preset=lite')
  await page.getByLabel('Epochs of each trial').fill('2')
  await page.getByLabel('Values of train.lr').fill('0.01, fast')
  await expect(page.getByText(/each a number above 0 and at most 10, found "fast"/)).toBeVisible()
  await page.getByLabel('Values of train.lr').fill('0.01, 0.05, 0.1')
  await page.getByLabel('Search name').fill('rates')
  await page.getByRole('button', { name: /^Start 3.trials$/ }).click()
  await expect(page.getByText('Trial 2 of 3')).toBeVisible({ timeout: 120_000 })
  await page.reload()
  await expect(page.getByText('This search was interrupted')).toBeVisible()
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByText('3 of 3 done', { exact: false })).toBeVisible({ timeout: 120_000 })
  await expect(page.getByText(/^Trial \d \(lr .*validation digits/)).toBeVisible()
  const trials = page.getByRole('table', { name: 'Trials' }).getByRole('row')
  await expect(trials.filter({ hasText: 'Completed' })).toHaveCount(3)
  await expect(page.getByRole('img', { name: /Validation accuracy by train\.lr: / })).toBeVisible()
  await openScreen(page, 'Runs')
  await expect(page.getByRole('link', { name: /Search, 3.trials/ })).toBeVisible()
  await page.getByRole('button', { name: /3.trials of a search/ }).click()
  await expect(rows(page)).toHaveCount(5)
})

test('the design ladder is one click, stops when it is told to, and goes on', async ({ page }) => {
  test.setTimeout(300_000)
  // So many that the small networks take long enough to be stopped in between.
  await makeDigits(page, '6000', '200')
  await page.goto('/runs/search')
  await page.getByLabel('Epochs of each trial').fill('1')
  await page.getByRole('button', { name: 'Climb the ladder' }).click()
  const trials = page.getByRole('table', { name: 'Trials' }).getByRole('row')
  const rung = (preset: string) =>
    trials.filter({ has: page.getByRole('cell', { name: preset, exact: true }) })
  await expect(rung('skeleton')).toContainText('Completed', { timeout: 120_000 })
  await page.getByRole('button', { name: 'Stop the search' }).click()
  await expect(page.getByText('This search was stopped')).toBeVisible({ timeout: 120_000 })
  await expect(rung('lenet-512')).toContainText('99.22')
  await expect(rung('skeleton')).toContainText(/\d+\.\d\d points, (within|more than) chance/)
  await expect(rung('rf5-13k')).toContainText('Waiting')
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(rung('rf5-13k')).toContainText('Completed', { timeout: 120_000 })
  await expect(trials.filter({ hasText: 'Waiting' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Go on' })).toHaveCount(0)
})

test('2,000 runs: sorting, filtering and scrolling hold up no frame', async ({ browser, page }) => {
  test.setTimeout(300_000)
  await makeDigits(page, '1000', '200')
  await trained(page, 'the-model', { Epochs: '1' })
  await seedRuns(page, 2000)
  await page.goto('/runs')
  await expect(page.getByText('2,001 kept')).toBeVisible()
  const box = page.getByRole('group', { name: 'Runs' })
  const filter = page.getByRole('combobox', { name: 'Filter' })
  expect(await rows(page).count()).toBeLessThan(60)

  async function measured(what: string, work: () => Promise<void>): Promise<void> {
    const { tasks, longest, long } = await traceMainThread(browser, page, work)
    test.info().annotations.push({
      type: `main thread while ${what} 2,001 runs`,
      description: `${tasks} tasks, the longest ${longest.toFixed(1)} ms of processor time`,
    })
    expect(tasks).toBeGreaterThan(10)
    expect(long, `milliseconds of main-thread tasks while ${what}`).toEqual([])
  }

  await measured('sorting', async () => {
    for (const column of ['Test accuracy', 'Preset', 'Created', 'Name', 'Test loss']) {
      const head = page.getByRole('columnheader', { name: column, exact: true })
      await head.getByRole('button').click()
      await expect(head).not.toHaveAttribute('aria-sort', 'none')
      await head.getByRole('button').click()
    }
  })
  await measured('filtering', async () => {
    await filter.pressSequentially(
      "params.preset LIKE 'lite%' AND metrics.test_accuracy > 0.985 OR params.lr = 0.03",
    )
    await expect(page.getByText(/ of 2,001 kept/)).toBeVisible()
  })
  await filter.fill('')
  await expect(page.getByText('2,001 kept')).toBeVisible()
  await measured('scrolling', async () => {
    await box.hover()
    for (let turn = 0; turn < 40; turn++) await page.mouse.wheel(0, 2000)
    await expect(page.getByRole('row').last()).toHaveAttribute('aria-rowindex', '2002')
  })
  await measured('exporting', async () => {
    for (const item of [/CSV, everything/, /^JSON/])
      await downloaded(page, async () => {
        await page.getByRole('button', { name: 'Export', exact: true }).click()
        await page.getByRole('menuitem', { name: item }).click()
      })
  })
  await measured('opening the list of', async () => {
    await openScreen(page, 'Train')
    await openScreen(page, 'Runs')
    await expect(page.getByText('2,001 kept')).toBeVisible()
  })
})
