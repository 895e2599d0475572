import { useEffect } from 'react'
import { keepStorage, refreshStorageShare, useDevice } from '../../stores/device'
import { useOffline } from '../../stores/offline'
import { useRuns } from '../../stores/queries'
import { freeSpace } from '../../stores/registry'
import { useTraining } from '../../stores/training'
import { Button } from '../../ui/button'
import { ConfirmButton } from '../../ui/confirm-button'
import { Facts } from '../../ui/figures'
import { formatCounted } from '../../ui/format'
import { Columns, Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { showToast } from '../../ui/toasts'
import { BenchPanel } from './bench-panel'
import { CopyButton } from '../../ui/copy-button'
import { machineFacts, offlineFact, reportText, storageFacts, systemFacts, type Fact } from './report'

/** States of this tab's training in which the machine is busy. */
const UNDER_WAY: ReadonlySet<string> = new Set(['preparing', 'running', 'stopping'])

/** A run that some tab trains now. */
function isUnderWay({ status, interrupted }: NonNullable<ReturnType<typeof useRuns>>[number]): boolean {
  return status.state === 'running' && !interrupted
}

/** What computes here, what is stored here, and which studio this is. */
export function SystemScreen() {
  const device = useDevice((facts) => facts)
  const runs = useRuns()
  const training = useTraining(({ state }) => UNDER_WAY.has(state))
  const offline = useOffline()
  const engine = runs?.[0]?.engine
  const compute = systemFacts(device, engine ? `${engine.device}: ${engine.reason}` : null)
  const storage = storageFacts(device)
  const studio: readonly Fact[] = [
    { name: 'Studio', value: __APP_VERSION__ },
    offlineFact(offline),
    { name: 'Browser', value: navigator.userAgent },
  ]

  useEffect(() => void refreshStorageShare(), [])

  return (
    <Stack>
      <Columns>
        <Panel title="Compute">
          <Facts items={compute} />
        </Panel>
        <Panel title="Storage">
          <Stack>
            <Facts items={storage} />
            <Row>
              <Button disabled={device.storage?.persisted !== false} onClick={() => void keep()}>
                Keep my data
              </Button>
              <ConfirmButton
                trigger={<Button>Remove deleted runs for good</Button>}
                title="Remove deleted runs for good?"
                text="Their curves, checkpoints and figures cannot be brought back afterwards. Runs that a model version names stay."
                action="Remove"
                onConfirm={() => void free()}
              />
            </Row>
          </Stack>
        </Panel>
        <Panel title="About">
          <Facts items={studio} />
        </Panel>
      </Columns>
      <BenchPanel
        machine={machineFacts(device, navigator.userAgent)}
        realGpu={device.gpu?.kind === 'adapter' && !device.gpu.software}
        training={training || runs?.some(isUnderWay) === true}
      />
      <Row>
        <CopyButton
          label="Copy report as text"
          text={reportText([...studio, ...compute, ...storage])}
          done="Report copied"
        />
      </Row>
    </Stack>
  )
}

async function keep(): Promise<void> {
  const kept = await keepStorage()
  showToast(
    kept
      ? { title: 'The browser will keep the data until you clear it' }
      : {
          title: 'The browser did not promise to keep the data',
          note: 'Browsers decide by use: bookmark or install the studio, then ask again.',
        },
  )
}

async function free(): Promise<void> {
  const decision = await freeSpace()
  await refreshStorageShare()
  showToast(
    decision.ok
      ? { title: `${formatCounted(decision.value, 'run')} removed for good` }
      : { title: 'Nothing was removed', note: decision.error.message },
  )
}
