import { useEffect, useState } from 'react'
import type { StepProfile } from '../../domain/training/events'
import { setProfiling } from '../../stores/training'
import { BarList } from '../../ui/bar-list'
import { Button } from '../../ui/button'
import { Facts } from '../../ui/figures'
import { formatCount, formatMebibytes, formatMilliseconds, formatPercent } from '../../ui/format'
import { Columns } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { profileByOperation } from './profile'

interface ProfilePanelProps {
  /** Of the newest step that was timed; null before the first. */
  readonly profile: StepProfile | null
  /** Steps are still being made. */
  readonly live: boolean
}

/** Where a step's time and memory go, measured only while somebody looks. */
export function ProfilePanel({ profile, live }: ProfilePanelProps) {
  const [open, setOpen] = useState(false)
  if (!live && profile === null) return null
  return (
    <Panel
      title="Profile"
      note={profile === null ? 'times a step now and then' : `of step ${formatCount(profile.step + 1)}`}
      actions={
        <Button kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Profile'}
        </Button>
      }
    >
      {open && <Measured profile={profile} />}
      {!open && <p>Time of each operation of a step, memory, and steps in flight.</p>}
    </Panel>
  )
}

function Measured({ profile }: Pick<ProfilePanelProps, 'profile'>) {
  useEffect(() => {
    setProfiling(true)
    return () => setProfiling(false)
  }, [])
  if (profile === null) return <p>Waiting for the next step that is timed.</p>
  return (
    <Columns>
      <BarList
        label="Time by operation"
        bars={profileByOperation(profile).map(({ operation, milliseconds, share }) => ({
          label: operation,
          share,
          value: `${formatMilliseconds(milliseconds)} · ${formatPercent(share, 1)}`,
        }))}
      />
      <Facts
        items={[
          { name: 'Whole step', value: formatMilliseconds(profile.milliseconds) },
          { name: 'Memory in use', value: formatMebibytes(profile.memoryBytes) },
          { name: 'Steps in flight', value: formatCount(profile.stepsInFlight) },
        ]}
      />
    </Columns>
  )
}
