/** Numbers and times as the studio writes them. A unit is set off by a no-break space. */

const NB = '\u00a0'
const COUNT = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })
const MOMENT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

/** What stands where a value is not known yet. */
export const NO_VALUE = '–'

/** A whole number with thousands separators: 60,000. */
export function formatCount(value: number): string {
  return COUNT.format(value)
}

/** A count with its noun: "1 image", "60,000 images". */
export function formatCounted(value: number, noun: string): string {
  return `${COUNT.format(value)}${NB}${noun}${value === 1 ? '' : 's'}`
}

/** A share in [0, 1] as percent: 98.77 %. Rounded towards zero where rounding would claim a whole 100 %. */
export function formatPercent(share: number, digits = 2): string {
  const scale = 10 ** digits
  const percent = Math.round(share * 100 * scale) / scale
  const honest = percent >= 100 && share < 1 ? 100 - 1 / scale : percent
  return `${honest.toFixed(digits)}${NB}%`
}

/** A loss in nats, four digits after the point, exponent form where these would all be zero. */
export function formatLoss(loss: number): string {
  if (!Number.isFinite(loss)) return 'not a number'
  return loss !== 0 && Math.abs(loss) < 0.00005 ? loss.toExponential(1) : loss.toFixed(4)
}

/** Three significant digits, exponent form below 0.0001: 0.01, 0.000333, 3.94e-6. */
export function formatSignificant(value: number): string {
  if (!Number.isFinite(value)) return 'not a number'
  const rounded = Number(value.toPrecision(3))
  if (rounded === 0 || Math.abs(rounded) >= 1e-4) return String(rounded)
  const [digits, exponent] = rounded.toExponential(2).split('e')
  return `${Number(digits)}e${Number(exponent)}`
}

/** A round number beside an axis, as short as it can be. */
export function formatTick(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** A share beside an axis: 80 %. */
export function formatPercentTick(share: number): string {
  return `${Number((share * 100).toPrecision(4))}${NB}%`
}

/** Items a second, three significant digits at most: 1,530 images/s. */
export function formatRate(perSecond: number, noun = 'images'): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return NO_VALUE
  const step = perSecond >= 1000 ? 10 : 1
  const value = perSecond < 10 ? perSecond.toFixed(1) : COUNT.format(Math.round(perSecond / step) * step)
  return `${value}${NB}${noun}/s`
}

/** A length of time in seconds: "0.4 s", "42 s", "3 min 05 s", "1 h 02 min". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return NO_VALUE
  if (seconds < 9.95) return `${seconds.toFixed(1)}${NB}s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}${NB}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}${NB}min${NB}${pad(whole % 60)}${NB}s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)}${NB}h${NB}${pad(minutes % 60)}${NB}min`
}

/** Decimal bytes, as browsers and download pages count them: 9.91 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}${NB}B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value.toPrecision(3)}${NB}${units[unit] ?? 'TB'}`
}

/** Binary mebibytes, as engines count their memory: "0.8 MiB", "212 MiB". */
export function formatMebibytes(bytes: number): string {
  const mebibytes = bytes / 2 ** 20
  return `${mebibytes < 10 ? mebibytes.toFixed(1) : formatCount(mebibytes)}${NB}MiB`
}

/** Milliseconds, for latencies: "0.8 ms", "14 ms". */
export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)}${NB}ms`
}

/** A moment in the reader's time zone: "20 Nov, 14:03". */
export function formatMoment(epochMillis: number): string {
  return MOMENT.format(epochMillis)
}

/** The first characters of a digest or id: enough to tell two apart, short enough to read aloud. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 10)
}

/** Seconds left at the present rate, or null while nothing is known. */
export function secondsLeft(done: number, total: number | null, perSecond: number): number | null {
  if (total === null || perSecond <= 0 || !Number.isFinite(perSecond)) return null
  return Math.max(0, total - done) / perSecond
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
