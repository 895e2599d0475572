import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Alias, ModelVersion } from '../../domain/registry/records'
import { networkName, runOf } from '../../domain/registry/versions'
import { useRun, type ListedVersion } from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { Digest } from '../../ui/digest'
import { evaluationFigures } from '../../ui/evaluation-figures'
import { Figures } from '../../ui/figures'
import { formatCount, formatMoment } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { BundleExport } from './bundle-export'
import styles from './version-detail.module.css'

interface VersionDetailProps {
  readonly version: ListedVersion
  readonly aliases: readonly Alias[]
}

/** One version: what it reached, and everything it was made from. */
export function VersionDetail({ version, aliases }: VersionDetailProps) {
  const named = aliases.filter(({ versionId }) => versionId === version.id).map(({ alias }) => alias)
  return (
    <Panel
      title={`Version ${version.version}`}
      note={named.join(', ')}
      actions={<LinkButton href={`/draw?version=${version.version}`}>Draw with it</LinkButton>}
    >
      <Stack>
        {version.damaged && (
          <Notice tone="failure" title="The weights of this version are damaged">
            <p>
              They are missing, or no longer what was saved, so they are not used. Use another version, or
              train the same recipe on the same digits again: equal weights make this version whole.
            </p>
          </Notice>
        )}
        {version.evaluation && <Figures items={evaluationFigures(version.evaluation)} />}
        <Lineage version={version} />
        <BundleExport key={version.id} versionId={version.id} damaged={version.damaged} />
      </Stack>
    </Panel>
  )
}

function Lineage({ version }: { readonly version: ModelVersion }) {
  const runId = runOf(version)
  const run = useRun(runId)
  const { preprocess, dataset } = version
  return (
    <ol className={styles['lineage']} aria-label="Lineage">
      <Step kind="Version" note={`registered ${formatMoment(version.createdAt)}`}>
        {version.id}
      </Step>
      <Step
        kind="Weights"
        note={`${formatCount(version.parameterCount)} parameters, ${networkName(version.network)}`}
      >
        <Digest value={version.weightsSha256} what="Weights SHA-256" />
      </Step>
      <Step kind="Run" note={run ? `${run.engine.device}, studio ${run.appVersion}` : ''}>
        {run === null ? 'not stored here' : <Link href={`/runs/${runId}`}>{run?.name ?? runId}</Link>}
      </Step>
      {dataset && (
        <Step kind="Dataset" note={<Digest value={dataset.digest} what="Dataset digest" />}>
          <Link href={`/data?dataset=${dataset.id}`}>{dataset.name}</Link>
        </Step>
      )}
      <Step
        kind="Preprocess"
        note={`drawings: ink box to ${preprocess.canvas.box}×${preprocess.canvas.box}, centred by mass`}
      >
        (byte / {preprocess.scale} − {preprocess.mean}) / {preprocess.std}
      </Step>
    </ol>
  )
}

interface StepProps {
  readonly kind: string
  readonly note: ReactNode
  readonly children: ReactNode
}

function Step({ kind, note, children }: StepProps) {
  return (
    <li className={styles['step']}>
      <span className={styles['kind']}>{kind}</span>
      <div className={styles['what']}>
        <span>{children}</span>
        <span className={styles['note']}>{note}</span>
      </div>
    </li>
  )
}
