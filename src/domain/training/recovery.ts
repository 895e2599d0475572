/**
 * What to do when a run loses its GPU. A browser gives a new device after a first crash, blocks the page after a second one and
 * gives one again after a reload (measured in Chromium), so: first a new device, then a reload of the page, and that only so
 * often; after that a person decides. A device that hangs is not lost: nothing but a restart of the browser gets it back.
 */

/** Losses that a run goes on from by itself, on a new device. */
const NEW_DEVICES = 1

/** Milliseconds within which a page reloads itself at most once for its GPU. */
export const RELOAD_INTERVAL = 10 * 60_000

/** @param lossesBefore of the same run since the page was loaded */
export function recoverByDevice(loss: 'lost' | 'hung', lossesBefore: number): boolean {
  return loss === 'lost' && lossesBefore < NEW_DEVICES
}

/** @param lastReload when the page last reloaded itself for its GPU; null when it never did */
export function recoverByReload(loss: 'lost' | 'hung', lastReload: number | null, now: number): boolean {
  return loss === 'lost' && (lastReload === null || now - lastReload >= RELOAD_INTERVAL)
}
