/** Progress for people, on stderr: one rewritten line on a terminal, one line now and then in a log. */
export interface Progress {
  /** A line that stays. */
  say(text: string): void
  /** Work under way; shown at most a few times a second (terminal) or every few seconds (log). */
  show(text: string): void
}

const TERMINAL_PAUSE_MS = 100
const LOG_PAUSE_MS = 5_000

export function stderrProgress(now: () => number): Progress {
  const terminal = process.stderr.isTTY
  const pause = terminal ? TERMINAL_PAUSE_MS : LOG_PAUSE_MS
  // A log hears the first news of a piece of work too, a terminal at once.
  let shownAt = Number.NEGATIVE_INFINITY
  let open = false

  function clear(): void {
    if (open) process.stderr.write('\r\u001B[K')
    open = false
  }
  return {
    say(text) {
      clear()
      process.stderr.write(`${text}\n`)
    },
    show(text) {
      if (now() - shownAt < pause) return
      shownAt = now()
      if (terminal) process.stderr.write(`\r\u001B[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
      else process.stderr.write(`${text}\n`)
      open = terminal
    },
  }
}

/** 83 s → "1 min 23 s". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
