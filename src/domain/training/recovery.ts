/**
 * What to do when a run loses its GPU. Chromium gives a new device after a first crash. After a second one it gives the page
 * none for two minutes, whatever the page does (a reload by its own script too), unless the person reloads it. So: first a new
 * device, then waiting, and that only so often; after that a person decides. A device that hangs is not lost: nothing but a
 * restart of the browser gets it back.
 */

/** Losses that a run goes on from by itself, on a new device. */
const NEW_DEVICES = 1

/** Milliseconds within which a page waits for its GPU at most once. */
export const WAIT_INTERVAL = 10 * 60_000

/** @param lossesBefore of the same run since it was taken up last */
export function recoverByDevice(loss: 'lost' | 'hung', lossesBefore: number): boolean {
  return loss === 'lost' && lossesBefore < NEW_DEVICES
}

/** @param lastWait when the page last waited for its GPU; null when it never did */
export function recoverByWaiting(lastWait: number | null, now: number): boolean {
  return lastWait === null || now - lastWait >= WAIT_INTERVAL
}
