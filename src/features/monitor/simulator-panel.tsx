import { useMemo, useState } from 'react'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { SHIFT_SCALES, type ShiftKind, shiftedDigit } from '../../domain/drift/shift'
import type { VersionId } from '../../domain/ids'
import { lookForDrift, simulateDrift, stopDrift, useDrift } from '../../stores/drift'
import { useDigits } from '../../stores/queries'
import { Button, LinkButton } from '../../ui/button'
import { DigitImage } from '../../ui/digit-image'
import { SelectField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { DatasetFields, type DatasetChoice } from './dataset-fields'
import { isShiftKind, SHIFT_OPTIONS, SHIFT_TEXTS, strengthText } from './drift-text'
import styles from './forms.module.css'
import { SampleFields, type SampleChoice } from './sample-choice'
import { StrengthTable } from './strength-table'

interface SimulatorPanelProps {
  readonly versionId: VersionId
  readonly datasets: readonly DatasetRecord[]
  readonly onChecked: () => void
}

/** Does something to stored digits, and shows which signal notices beside what it really does to the accuracy. */
export function SimulatorPanel({ versionId, datasets, onChecked }: SimulatorPanelProps) {
  const drift = useDrift((state) => state)
  const [dataset, setDataset] = useState<DatasetChoice>({ datasetId: null, split: 'test' })
  const [shift, setShift] = useState<ShiftKind>('rotate')
  const [strength, setStrength] = useState(30)
  const [sample, setSample] = useState<SampleChoice>({ sample: 2_000, seed: 1 })
  const busy = drift.state === 'looking' || drift.state === 'simulating'
  const datasetId = dataset.datasetId ?? datasets[0]?.id ?? null
  const { ladder } = SHIFT_SCALES[shift]

  function choose(kind: string): void {
    if (!isShiftKind(kind)) return
    setShift(kind)
    setStrength(SHIFT_SCALES[kind].ladder.at(-2) ?? SHIFT_SCALES[kind].largest)
  }

  function tryAll(): void {
    if (datasetId === null) return
    const { split } = dataset
    const { seed } = sample
    simulateDrift({
      versionId,
      datasetId,
      split,
      shift,
      strengths: ladder,
      sample: sample.sample ?? 2_000,
      seed,
    })
  }

  async function check(): Promise<void> {
    if (datasetId === null) return
    const source = { kind: 'simulation', datasetId, split: dataset.split, shift, strength } as const
    const decision = await lookForDrift({ versionId, source, ...sample })
    if (decision.ok) onChecked()
  }

  if (datasets.length === 0)
    return (
      <Panel title="Simulator">
        <Row>
          <LinkButton href="/data">Load data</LinkButton>
          <span className={styles['quiet']}>Shows which signal notices what, on stored digits.</span>
        </Row>
      </Panel>
    )
  return (
    <Panel title="Simulator" note="what would be noticed, beside what it does to the accuracy">
      <Stack>
        <div className={styles['fields']}>
          <SelectField
            label="Change"
            hint={SHIFT_TEXTS[shift].meaning}
            options={SHIFT_OPTIONS}
            value={shift}
            disabled={busy}
            onPick={choose}
          />
          <SelectField
            label="Strength"
            hint="Of a single check"
            options={ladder.map((value) => ({ value: String(value), label: strengthText(shift, value) }))}
            value={String(strength)}
            disabled={busy}
            onPick={(value) => setStrength(Number(value))}
          />
          <DatasetFields
            datasets={datasets}
            choice={{ ...dataset, datasetId }}
            disabled={busy}
            onChoose={setDataset}
          />
          <SampleFields choice={sample} disabled={busy} whole={false} onChoose={setSample} />
        </div>
        <Preview choice={{ ...dataset, datasetId }} shift={shift} strength={strength} />
        <Row>
          <Button disabled={busy} onClick={tryAll}>
            Try all strengths
          </Button>
          <Button disabled={busy} onClick={() => void check()}>
            Check this strength
          </Button>
          {drift.state === 'simulating' && <Button onClick={stopDrift}>Stop</Button>}
          <span className={styles['quiet']} role="status">
            {drift.state === 'simulating'
              ? `${drift.label}: ${strengthText(drift.simulation.shift, drift.simulation.strengths[drift.strengths.length] ?? 0)}`
              : 'A single check is kept in the history; the table is not.'}
          </span>
        </Row>
        {(drift.state === 'simulating' || drift.state === 'simulated') && (
          <StrengthTable simulation={drift.simulation} strengths={drift.strengths} />
        )}
      </Stack>
    </Panel>
  )
}

const SHOWN = [0, 1, 2, 3, 4, 5, 6, 7]

interface PreviewProps {
  readonly choice: DatasetChoice
  readonly shift: ShiftKind
  readonly strength: number
}

/** The first digits with the change done to them; a class mix changes none. */
function Preview({ choice, shift, strength }: PreviewProps) {
  const digits = useDigits(choice.datasetId, choice.split, SHOWN)
  const changed = useMemo(
    () =>
      SHOWN.map((at) => {
        const digit = digits?.images.subarray(at * 784, (at + 1) * 784)
        if (digit === undefined || digit.length === 0) return null
        // In a window only a share of the images is inverted; each one shown is.
        return shiftedDigit(digit, shift, shift === 'invert' && strength > 0 ? 1 : strength)
      }),
    [digits, shift, strength],
  )
  return (
    <div className={styles['strip']} role="group" aria-label="Digits with the change">
      {changed.map((image, at) => (
        <DigitImage
          key={at}
          image={image}
          label={`Digit ${at + 1} with the change`}
          className={styles['digit']}
        />
      ))}
    </div>
  )
}
