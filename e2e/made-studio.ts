import { mkdtemp, readFile } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { expect, openScreen } from './journey'
import { launch, pageOf } from './killed-browser'

/** A file as a person hands it over. */
export interface Given {
  readonly name: string
  readonly bytes: Buffer
}

/** What fault rounds begin with; made once, and copied by each. */
export interface MadeStudio {
  /** For this and other profiles; gone when the tests are done. */
  readonly folder: string
  /** A profile with digits, the versions 1 (champion) and 2, and the runs of {@link UNREGISTERED}. */
  readonly profile: string
  /** Versions 1 and 2, exported. */
  readonly bundles: readonly [Given, Given]
}

/** Runs that no version is made of yet. */
export const UNREGISTERED = ['third', 'fourth', 'fifth'] as const

let made: Promise<MadeStudio> | null = null

export function madeStudio(): Promise<MadeStudio> {
  made ??= make()
  return made
}

async function make(): Promise<MadeStudio> {
  const folder = await mkdtemp(join(tmpdir(), 'studio-faults-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const profile = join(folder, 'made')
  const context = await launch(profile)
  const page = await pageOf(context, '/data')
  await generateDigits(page, 1, 2000)
  await expect(page.getByText('Used for training')).toBeVisible({ timeout: 60_000 })
  for (const [seed, name] of ['first', 'second', ...UNREGISTERED].entries()) await train(page, seed, name)
  await registerRun(page, 'second')
  await expect(page.getByText('Registered as mnist-classifier/2')).toBeVisible()
  const bundles = [await exported(page, 1), await exported(page, 2)] as const
  await context.close()
  return { folder, profile, bundles }
}

/** On the Data screen. */
export async function generateDigits(page: Page, seed: number, train: number): Promise<void> {
  const fields = { Seed: seed, Training: train, Test: 300 }
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).and(page.getByRole('textbox')).fill(String(value))
  await page.getByRole('button', { name: 'Generate digits' }).click()
}

async function train(page: Page, seed: number, name: string): Promise<void> {
  await page.goto(`/train?train.epochs=1&train.seed=${seed}`)
  await page.getByLabel('Run name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 60_000 })
}

export async function registerRun(page: Page, name: string): Promise<void> {
  await openScreen(page, 'Runs')
  await page.getByRole('link', { name, exact: true }).click()
  await page.getByRole('button', { name: /^Register in/ }).click()
}

async function exported(page: Page, version: number): Promise<Given> {
  await page.goto(`/models?version=${version}`)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export as a bundle' }).click()
  const file = await download
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}

/** On the Models screen. */
export async function giveBundle(page: Page, { name, bytes }: Given): Promise<void> {
  await page
    .getByLabel('Model files', { exact: true })
    .setInputFiles({ name, mimeType: 'application/zip', buffer: bytes })
}

/** The row of a version. */
export function version(page: Page, number: number) {
  return page
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: `Version ${number}`, exact: true }) })
}
