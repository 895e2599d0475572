import type { Page } from 'playwright/test'
import { expect, openScreen } from './journey'
import { drawDigit } from './strokes'

/** Called at every stop with the name of what is to be seen there: the screen first, then its state. */
type Visit = (name: string) => Promise<void>

interface Chapter {
  readonly title: string
  readonly walk: (page: Page, visit: Visit) => Promise<void>
}

/** A few drawn digits and two short epochs; a gate that a model of that kind passes. */
export const QUICK_LOOP = `/pipeline?${new URLSearchParams({
  'train.preset': 'gap',
  'train.epochs': '2',
  'train.optimizer': 'adam',
  'train.lr': '0.003',
  'train.batch_size': '32',
  'retrain.epochs': '1',
  'release.min_accuracy': '0.2',
  'release.min_precision': '0.1',
  'release.min_recall': '0.1',
  'release.min_f1_score': '0.1',
  'release.max_loss': '5',
  'release.min_per_class_accuracy': '0',
  'release.min_confidence_threshold': '0',
  'release.max_inference_time_ms': '1000',
}).toString()}`

/** A small network that learns fast. */
const FAST_RECIPE = 'train.preset=lite-bn&train.optimizer=adam&train.lr=0.005&train.batch_size=64'

/** Every screen and every state of one that looks different, in three chapters that need nothing of each other. */
export const TOUR: readonly Chapter[] = [
  { title: 'before there is anything', walk: seeNothingYet },
  { title: 'digits, training and runs', walk: seeTheWork },
  { title: 'versions, answers, drift and retraining', walk: seeTheLoop },
]

/** Digits that the studio writes itself: there without MNIST, and few. */
export async function makeDigits(page: Page, training: number, tests: number): Promise<void> {
  await page.goto('/data')
  await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill(String(training))
  await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill(String(tests))
  await page.getByRole('button', { name: 'Generate digits' }).click()
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
}

/** By the address: another click on Train in the rail would leave the recipe that it carries. */
async function train(page: Page, name: string, epochs: number): Promise<void> {
  await page.goto(`/train?${FAST_RECIPE}&train.epochs=${epochs}`)
  await page.getByLabel('Run name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Start training' }).click()
}

async function seeNothingYet(page: Page, visit: Visit): Promise<void> {
  await page.goto('/runs')
  for (const name of ['Runs', 'Models', 'Draw', 'Train', 'Monitor', 'Pipeline', 'API', 'System', 'Data']) {
    await openScreen(page, name)
    await visit(`${name.toLowerCase()}-empty`)
  }
  for (const [name, address] of [
    ['runs-search-empty', '/runs/search'],
    ['runs-compare-empty', '/runs/compare'],
    ['run-unknown', '/runs/0123456789abcdef0123456789abcdef'],
    ['not-found', '/nowhere'],
  ] as const) {
    await page.goto(address)
    await visit(name)
  }
}

async function seeTheWork(page: Page, visit: Visit): Promise<void> {
  await makeDigits(page, 3000, 500)
  await visit('data')
  const wall = page.getByRole('group', { name: /digits\. Arrow keys move/ })
  await wall.getByRole('button').first().click()
  await visit('data-digit')
  await page.getByLabel('Data files', { exact: true }).setInputFiles(ownDigits(60))
  await expect(page.getByText('Nothing is stored yet')).toBeVisible()
  await visit('data-found')
  await page.getByRole('button', { name: 'Discard' }).click()

  await openScreen(page, 'Train')
  await page.getByRole('button', { name: 'Recipes' }).click()
  await expect(page.getByRole('menuitem')).not.toHaveCount(0)
  await visit('train-recipes')
  await page.getByRole('menuitem', { name: /Pipeline, 15 epochs/ }).click()
  await page.getByRole('button', { name: 'All parameters' }).click()
  await page.getByLabel('Rotation', { exact: true }).fill('15')
  await page.getByLabel('Shear', { exact: true }).fill('90')
  await visit('train-all-parameters-one-wrong')
  await page.getByRole('button', { name: 'Reset' }).click()
  await visit('train')
  await train(page, 'stopped early', 60)
  await page.getByRole('button', { name: 'Profile', exact: true }).click()
  await expect(page.getByText(/epoch [3-9] of 60/).first()).toBeVisible({ timeout: 60_000 })
  await visit('train-under-way')
  await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText(/^Stopped after/)).toBeVisible({ timeout: 60_000 })
  await visit('train-stopped')
  await train(page, 'by itself', 4)
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 120_000 })
  await visit('train-done')

  await page.goto(`/runs/search?${FAST_RECIPE}`)
  await page.getByLabel('Epochs of each trial').fill('2')
  await page.getByLabel('Values of train.lr').fill('0.002, 0.005')
  await visit('runs-search')
  await page.getByRole('button', { name: /^Start 2.trials$/ }).click()
  await expect(page.getByText('2 of 2 done', { exact: false })).toBeVisible({ timeout: 120_000 })
  await visit('runs-search-board')
  await page.getByRole('link', { name: 'Compare', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Confusion, difference' })).toBeVisible()
  await visit('runs-compare')

  await openScreen(page, 'Runs')
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await expect(page.getByRole('table', { name: 'Runs' }).getByRole('row')).not.toHaveCount(1)
  await visit('runs')
  await filter.pressSequentially('par')
  await expect(page.getByRole('option').first()).toBeVisible()
  await visit('runs-filter')
  await filter.press('Escape')
  await filter.fill('metrics.nothing >')
  await visit('runs-filter-wrong')
  await filter.fill('')
  await page.getByRole('button', { name: 'Columns', exact: true }).click()
  await visit('runs-columns')
  await page.getByRole('button', { name: 'Columns', exact: true }).click()
  await page.getByRole('button', { name: 'Choose all' }).click()
  await visit('runs-chosen')
  await page.getByRole('button', { name: 'Edit by itself' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await visit('runs-edit')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'by itself' }).first().click()
  for (const tab of ['Curves', 'Confusion', 'Misread digits', 'Model', 'Details', 'Log']) {
    await page.getByRole('tab', { name: tab }).click()
    await visit(`run-${tab.toLowerCase().replace(' ', '-')}`)
  }
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await visit('commands')
}

async function seeTheLoop(page: Page, visit: Visit): Promise<void> {
  await makeDigits(page, 2000, 500)
  await page.goto(QUICK_LOOP)
  await expect(page.locator('[data-stage=train]')).toContainText('New')
  await visit('pipeline-new')
  await page.getByRole('button', { name: 'Run what is stale' }).click()
  await expect(page.getByText('Data and pipelines are up to date.')).toBeVisible({ timeout: 120_000 })

  await openScreen(page, 'Draw')
  await drawDigit(page, 3)
  await expect(page.getByText(/% sure/).first()).toBeVisible()
  await visit('draw')
  await page.getByRole('button', { name: 'It was a 3', exact: true }).click()
  await expect(page.getByText(/^Kept:/)).toBeVisible()
  await visit('draw-feedback')

  await page.goto(QUICK_LOOP)
  await page.getByRole('button', { name: 'Retrain now' }).click()
  await expect(page.getByRole('table', { name: 'Retrainings' })).toContainText('Promoted', {
    timeout: 120_000,
  })
  await visit('pipeline')

  await openScreen(page, 'Models')
  await page.getByLabel('Profile', { exact: true }).selectOption('strict')
  await page.getByRole('button', { name: 'Run the gate' }).click()
  await expect(page.getByRole('main').getByText('REJECT', { exact: true })).toBeVisible({ timeout: 60_000 })
  await page.getByText('Thresholds', { exact: true }).click()
  await visit('models')
  await openScreen(page, 'Draw')
  await page.getByLabel('Beside it').selectOption('Version 1')
  await drawDigit(page, 7)
  await expect(page.getByText(/readings: half within/)).toBeVisible()
  await visit('draw-two-versions')

  await openScreen(page, 'Monitor')
  await visit('monitor-not-checked')
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByRole('heading', { name: 'Latest check' })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Try all strengths' }).click()
  await expect(page.getByRole('button', { name: 'Try all strengths' })).toBeEnabled({ timeout: 60_000 })
  await visit('monitor')

  await openScreen(page, 'API')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('group', { name: 'Answer' })).toContainText('"prediction":')
  await visit('api')
  await page.getByRole('tab', { name: 'Metrics' }).click()
  await expect(page.getByRole('group', { name: 'Metrics' })).toContainText('mnist_predictions_total{')
  await visit('api-metrics')
  await page.getByRole('tab', { name: 'Load test' }).click()
  await page.getByLabel('Requests').fill('40')
  await page.getByRole('button', { name: 'Run load test' }).click()
  await expect(page.getByRole('table', { name: 'Load test' }).getByRole('rowheader')).toHaveCount(2, {
    timeout: 60_000,
  })
  await visit('api-load-test')
  for (const name of ['System', 'Overview']) {
    await openScreen(page, name)
    await visit(name.toLowerCase())
  }
}

/** A training split as two IDX files, of squares in ten sizes: enough to be looked at. */
function ownDigits(count: number) {
  const images = Buffer.alloc(16 + count * 784)
  const labels = Buffer.alloc(8 + count)
  for (const [index, value] of [2051, count, 28, 28].entries()) images.writeUInt32BE(value, index * 4)
  for (const [index, value] of [2049, count].entries()) labels.writeUInt32BE(value, index * 4)
  for (let digit = 0; digit < count; digit++) {
    const label = digit % 10
    labels[8 + digit] = label
    for (let y = 0; y <= label; y++)
      images.fill(
        255 - digit,
        16 + digit * 784 + (9 + y) * 28 + 9,
        16 + digit * 784 + (9 + y) * 28 + 10 + label,
      )
  }
  return [
    { name: 'own-images-idx3-ubyte', mimeType: '', buffer: images },
    { name: 'own-labels-idx1-ubyte', mimeType: '', buffer: labels },
  ]
}
