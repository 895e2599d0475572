import { useState } from 'react'
import { useSearch } from 'wouter'
import { gateOf, gateWith, RELEASE_PROFILES, type ReleaseProfile } from '../../domain/release/profiles'
import { pageParams } from '../../stores/defaults'
import { useAssessments, type ListedVersion } from '../../stores/queries'
import { assessVersion } from '../../stores/release'
import { Button } from '../../ui/button'
import { SelectField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { AssessmentView } from './assessment-view'
import { parseThresholds, thresholdTexts, ThresholdFields } from './threshold-fields'

const PROFILES = Object.keys(RELEASE_PROFILES) as ReleaseProfile[]

/** Whether a version may be released: eight checks on its test digits, and how it stands beside the champion. */
export function GatePanel({ version }: { readonly version: ListedVersion }) {
  const search = useSearch()
  const assessments = useAssessments(version.weightsSha256)
  const [texts, setTexts] = useState(() => {
    const params = pageParams(search)
    return thresholdTexts(params.ok ? params.params.release : RELEASE_PROFILES.default)
  })
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const parsed = parseThresholds(texts)
  const profile = parsed.ok ? gateWith(parsed.thresholds).profile : 'custom'

  async function run() {
    if (!parsed.ok) return
    setBusy(true)
    setProblem(null)
    const decision = await assessVersion(version.id, gateWith(parsed.thresholds))
    setBusy(false)
    if (!decision.ok) setProblem(decision.error.message)
  }

  const newest = assessments?.[0]
  return (
    <Panel title="Release gate" note="measured anew on its test digits, in a worker">
      <Stack>
        <SelectField
          label="Profile"
          hint="Editing a threshold makes the gate custom"
          value={profile}
          options={[
            ...PROFILES.map((value) => ({ value, label: value })),
            ...(profile === 'custom' ? [{ value: 'custom', label: 'custom' }] : []),
          ]}
          onPick={(value) => {
            const picked = PROFILES.find((name) => name === value)
            if (picked) setTexts(thresholdTexts(gateOf(picked).thresholds))
          }}
        />
        <details>
          <summary>Thresholds</summary>
          <ThresholdFields texts={texts} problems={parsed.ok ? {} : parsed.problems} onChange={setTexts} />
        </details>
        <Row>
          <Button kind="primary" disabled={busy || !parsed.ok} onClick={() => void run()}>
            {busy ? 'Measuring …' : 'Run the gate'}
          </Button>
        </Row>
        {problem !== null && (
          <Notice tone="failure" title="The gate could not decide">
            <p>{problem}</p>
          </Notice>
        )}
        {newest && <AssessmentView key={newest.id} stored={newest} version={version} />}
        {newest === undefined && assessments !== undefined && (
          <p>No gate has looked at this version yet. The champion alias then needs a written reason.</p>
        )}
      </Stack>
    </Panel>
  )
}
