import type { ReleaseThresholds } from '../../domain/release/assessment'
import { RELEASE_PROFILES } from '../../domain/release/profiles'
import { TextField } from '../../ui/field'
import { CHECK_TITLES, CHECK_UNITS } from './gate-text'
import styles from './models.module.css'

type CheckName = keyof ReleaseThresholds
type ThresholdTexts = Readonly<Record<CheckName, string>>

const NAMES = Object.keys(RELEASE_PROFILES.default) as CheckName[]

/** Greatest threshold that makes sense: a share, a loss in nats, a minute. */
const GREATEST: Readonly<Partial<Record<CheckName, number>>> = {
  max_loss: 100,
  max_inference_time_ms: 60_000,
}

export function thresholdTexts(thresholds: ReleaseThresholds): ThresholdTexts {
  return record((name) => String(thresholds[name]))
}

type ParsedThresholds =
  | { readonly ok: true; readonly thresholds: ReleaseThresholds }
  | { readonly ok: false; readonly problems: Readonly<Partial<Record<CheckName, string>>> }

export function parseThresholds(texts: ThresholdTexts): ParsedThresholds {
  const problems: Partial<Record<CheckName, string>> = {}
  const thresholds = record((name) => {
    const greatest = GREATEST[name] ?? 1
    const value = Number(texts[name])
    const fits = texts[name].trim() !== '' && value >= 0 && value <= greatest
    if (!fits) problems[name] = `A number from 0 to ${greatest}`
    return value
  })
  return Object.keys(problems).length === 0 ? { ok: true, thresholds } : { ok: false, problems }
}

interface ThresholdFieldsProps {
  readonly texts: ThresholdTexts
  readonly problems: Readonly<Partial<Record<CheckName, string>>>
  readonly onChange: (texts: ThresholdTexts) => void
}

/** The eight thresholds, each to be edited. */
export function ThresholdFields({ texts, problems, onChange }: ThresholdFieldsProps) {
  return (
    <div className={styles['thresholds']}>
      {NAMES.map((name) => (
        <TextField
          key={name}
          label={CHECK_TITLES[name]}
          hint={name}
          error={problems[name]}
          unit={CHECK_UNITS[name]}
          inputMode="decimal"
          autoComplete="off"
          value={texts[name]}
          onChange={(event) => onChange({ ...texts, [name]: event.currentTarget.value })}
        />
      ))}
    </div>
  )
}

function record<Value>(of: (name: CheckName) => Value): Record<CheckName, Value> {
  return Object.fromEntries(NAMES.map((name) => [name, of(name)])) as Record<CheckName, Value>
}
