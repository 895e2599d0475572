import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BrowserContext, Locator, Page } from 'playwright/test'
import { expect, openScreen, test } from './journey'
import { FAULT_SEED, kill, launch, mulberry32, pageOf } from './killed-browser'
import { giveBundle, madeStudio, registerRun, UNREGISTERED, version } from './made-studio'
import { storedFaults } from './stored'
import { drawDigit } from './strokes'

/** Round 0 of each is killed when all was shown as done, and says how long that takes; the others before, around and after. */
const IMPORT_ROUNDS = 9
const REGISTRY_ROUNDS = 7

/** A moment of the round's own stretch, so that few rounds are spread over all of the work. */
function moment(round: number, rounds: number, from: number, to: number, random: () => number): number {
  return from + ((to - from) * (round - 1 + random())) / (rounds - 1)
}

/** Whether it was ever visible, up to the moment the browser is gone. */
function watch(locator: Locator) {
  const seen = { shown: false, done: Promise.resolve() }
  seen.done = locator.waitFor({ timeout: 60_000 }).then(
    () => void (seen.shown = true),
    () => undefined,
  )
  return seen
}

async function expectReads(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await drawDigit(page, 1)
  await expect(page.getByText(/% sure/).first()).toBeVisible()
}

/** Copies a profile, lets `work` go on in it until the browser is killed, and looks at what is left. */
async function killedRound(
  template: string,
  name: string,
  work: (page: Page) => Promise<void>,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const profile = join(template, '..', name)
  await cp(template, profile, { recursive: true })
  const before = await launch(profile)
  await work(await pageOf(before, '/models'))
  await kill(before, profile)
  const after: BrowserContext = await launch(profile)
  const page = await pageOf(after, '/models')
  await expect(page.getByText(/events? of all models, chain intact/)).toBeVisible()
  expect(await storedFaults(page), name).toEqual([])
  await look(page)
  await after.close()
  await rm(profile, { recursive: true, force: true, maxRetries: 5 })
}

function report(what: string, lines: readonly string[]): void {
  for (const line of lines) test.info().annotations.push({ type: what, description: line })
  process.stdout.write(`${what}: FAULT_SEED=${FAULT_SEED}\n${lines.map((line) => `  ${line}\n`).join('')}`)
}

test('an import that the browser is killed under is all there or not at all', async () => {
  test.setTimeout(400_000)
  const { folder, bundles } = await madeStudio()
  const random = mulberry32(FAULT_SEED)
  const template = join(folder, 'one-version')
  await test.step('a profile with another version', async () => {
    const context = await launch(template)
    const page = await pageOf(context, '/models')
    await giveBundle(page, bundles[0])
    await expect(page.getByText('Imported as version 1')).toBeVisible({ timeout: 60_000 })
    await context.close()
  })
  let whole = 0
  const left = { whole: 0, absent: 0 }
  const lines: string[] = []
  for (let round = 0; round < IMPORT_ROUNDS; round++)
    await test.step(`round ${round}`, async () => {
      let shown = false
      let killedAt = 0
      async function work(page: Page): Promise<void> {
        await expect(version(page, 1)).toBeVisible()
        const imported = watch(page.getByText('Imported as version 2'))
        const since = performance.now()
        await giveBundle(page, bundles[1])
        if (round === 0) await imported.done
        else await delay(whole * moment(round, IMPORT_ROUNDS, 0.2, 1.1, random) - (performance.now() - since))
        killedAt = performance.now() - since
        shown = imported.shown
      }
      await killedRound(template, `import-${round}`, work, async (page) => {
        await expect(version(page, 1)).toBeVisible()
        const kept = (await version(page, 2).count()) === 1
        if (shown) expect(kept, 'what was shown as imported is there').toBe(true)
        left[kept ? 'whole' : 'absent']++
        lines.push(
          `round ${round}: killed after ${killedAt.toFixed(0)} ms, ${shown ? 'shown' : 'not shown'}, ${kept ? 'whole' : 'absent'}`,
        )
        if (!kept) {
          await giveBundle(page, bundles[1])
          await expect(page.getByText('Imported as version 2')).toBeVisible({ timeout: 60_000 })
        }
        await expectReads(page, '/draw?version=2')
      })
      if (round === 0) whole = killedAt
    })
  report('killed imports', [...lines, `${left.whole} whole, ${left.absent} absent`])
  expect(left.whole).toBeGreaterThan(0)
  expect(left.whole + left.absent).toBe(IMPORT_ROUNDS)
})

test('registering and promoting that the browser is killed under tells no lies', async () => {
  test.setTimeout(400_000)
  const { profile } = await madeStudio()
  const random = mulberry32(FAULT_SEED + 1)
  let whole = 0
  const lines: string[] = []
  for (let round = 0; round < REGISTRY_ROUNDS; round++)
    await test.step(`round ${round}`, async () => {
      const told = { versions: 2, champion: 1 }
      let killedAt = 0
      async function work(page: Page): Promise<void> {
        await expect(version(page, 2)).toBeVisible()
        const since = performance.now()
        const working = registerAll(page, told)
        if (round === 0) await working
        else {
          const cut = working.catch(() => undefined)
          await Promise.race([cut, delay(whole * moment(round, REGISTRY_ROUNDS, 0, 1, random))])
        }
        killedAt = performance.now() - since
      }
      await killedRound(profile, `registry-${round}`, work, async (page) => {
        const rows = page.getByRole('rowheader', { name: /^Version \d/ })
        const versions = await rows.count()
        const champion = await championOf(page, versions)
        expect(versions, 'versions shown as registered').toBeGreaterThanOrEqual(told.versions)
        expect(champion, 'the champion shown as such').toBeGreaterThanOrEqual(told.champion)
        lines.push(
          `round ${round}: killed after ${killedAt.toFixed(0)} ms, told of version ${told.versions} and champion ${told.champion}, found ${versions} and ${champion}`,
        )
        await expectReads(page, '/draw')
      })
      if (round === 0) {
        expect(told).toEqual({ versions: 5, champion: 5 })
        whole = killedAt
      }
    })
  report('killed registrations', lines)
})

/** Registers one run after the other and puts each into service; `told` is what the page has shown as done. */
async function registerAll(page: Page, told: { versions: number; champion: number }): Promise<void> {
  for (const name of UNREGISTERED) {
    const next = told.versions + 1
    await registerRun(page, name)
    await expect(page.getByText(`Registered as mnist-classifier/${next}`)).toBeVisible()
    told.versions = next
    await openScreen(page, 'Models')
    await page.getByRole('link', { name: `Version ${next}`, exact: true }).click()
    await page.getByLabel('Why', { exact: true }).fill(`in a hurry, ${name}`)
    await page.getByRole('button', { name: 'Make it the champion' }).click()
    await expect(page.getByText(`champion now names version ${next}`)).toBeVisible()
    told.champion = next
  }
}

/** The number of the version whose row has the champion's chip. */
async function championOf(page: Page, versions: number): Promise<number> {
  const numbers = Array.from({ length: versions }, (_, index) => index + 1)
  const texts = await Promise.all(numbers.map((number) => version(page, number).textContent()))
  const champions = numbers.filter((_, index) => texts[index]?.includes('champion'))
  expect(champions).toHaveLength(1)
  return champions[0] ?? 0
}
