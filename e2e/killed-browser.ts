import { execFileSync } from 'node:child_process'
import { chromium, test, type BrowserContext, type Page } from 'playwright/test'

/** A browser with its profile on disk, ended as a power cut would end it, and the seeded moments at which that happens. */

/** Printed by every test that is played from it: a failing round can be played again. */
export const FAULT_SEED = Number(process.env['FAULT_SEED'] ?? Date.now() % 2 ** 32)

export function launch(profile: string): Promise<BrowserContext> {
  const { baseURL, launchOptions } = test.info().project.use
  return chromium.launchPersistentContext(profile, { ...launchOptions, ...(baseURL ? { baseURL } : {}) })
}

/** Every process of the browser at once, as a power button would; none gets to finish anything. */
export async function kill(context: BrowserContext, profile: string): Promise<void> {
  const closed = context.waitForEvent('close')
  const processes = execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8' })
  for (const line of processes.split('\n')) {
    if (!line.includes(`--user-data-dir=${profile}`)) continue
    try {
      process.kill(Number.parseInt(line, 10), 'SIGKILL')
    } catch {
      // It ended with the one before.
    }
  }
  await closed
}

export async function pageOf(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(address)
  return page
}

/** Numbers in [0, 1), the same for the same seed. */
export function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
