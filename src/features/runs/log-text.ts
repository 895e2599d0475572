import type { RunLogLine } from '../../domain/registry/run-log'

const LOG_LEVELS = ['info', 'warning', 'error'] as const

/** The lines of a level or graver that hold a text. */
export function selectLines(
  lines: readonly RunLogLine[],
  least: RunLogLine['level'],
  text: string,
): readonly RunLogLine[] {
  const from = LOG_LEVELS.indexOf(least)
  const wanted = text.trim().toLowerCase()
  return lines.filter(
    ({ level, message }) => LOG_LEVELS.indexOf(level) >= from && message.toLowerCase().includes(wanted),
  )
}

/** One line a line: time in UTC, level, message. */
export function logText(lines: readonly RunLogLine[]): string {
  return lines
    .map(({ at, level, message }) => `${new Date(at).toISOString()} ${level.toUpperCase()} ${message}\n`)
    .join('')
}

/** One JSON object a line. */
export function logJsonLines(lines: readonly RunLogLine[]): string {
  return lines
    .map(
      ({ runId, sequence, at, level, message }) =>
        `${JSON.stringify({ run_id: runId, sequence, time: new Date(at).toISOString(), level, message })}\n`,
    )
    .join('')
}
