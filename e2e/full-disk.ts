import type { Page } from 'playwright/test'

/** What the studio says of a write that the disk had no space for. */
export const FULL =
  /The browser's storage for this site is full\. Nothing was written, and what was stored before is untouched\..*Free some space and try again\./

export interface Disk {
  /** Bytes that the site takes now. */
  readonly usage: () => Promise<number>
  /**
   * Bytes that it may take. Chromium remembers for a while how much space there was: a limit holds when it is set before
   * the first write, or after one that was refused.
   */
  readonly limit: (quotaSize: number) => Promise<void>
}

export async function diskOf(page: Page, baseURL: string | undefined): Promise<Disk> {
  const session = await page.context().newCDPSession(page)
  const origin = new URL(baseURL ?? '').origin
  return {
    async usage() {
      return (await session.send('Storage.getUsageAndQuota', { origin })).usage
    },
    async limit(quotaSize) {
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize })
    },
  }
}
