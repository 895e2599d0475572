import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { modelName, type VersionId } from '../../domain/ids'
import { macroAverages } from '../../domain/metrics/averages'
import type { Evaluation } from '../../domain/metrics/evaluation'
import type { Alias, ModelVersion } from '../../domain/registry/records'
import { networkName, runOf } from '../../domain/registry/versions'
import { STUDIO_MODEL } from '../../stores/model-name'
import { useRun, type ListedVersion } from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { Digest } from '../../ui/digest'
import { evaluationFigures } from '../../ui/evaluation-figures'
import { Figures, type FigureItem } from '../../ui/figures'
import { formatCount, formatMoment, formatPercent, NO_VALUE } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { BundleExport } from './bundle-export'
import { modelsHref } from './models-address'
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
      actions={
        version.model === STUDIO_MODEL && (
          <LinkButton href={`/draw?version=${version.version}`}>Draw with it</LinkButton>
        )
      }
    >
      <Stack>
        {version.damaged && (
          <Notice tone="failure" title="This version is damaged">
            <p>
              Bytes of it are missing, or no longer what was saved, so it is not used. Use another version,
              import its bundle again, or train the same recipe on the same digits again: equal bytes make
              this version whole.
            </p>
          </Notice>
        )}
        {version.evaluation && (
          <Figures items={[...evaluationFigures(version.evaluation), ...scores(version.evaluation)]} />
        )}
        <Lineage version={version} />
        <BundleExport key={version.id} versionId={version.id} damaged={version.damaged} />
      </Stack>
    </Panel>
  )
}

/** What an evaluation tells beside accuracy and loss. */
function scores(evaluation: Evaluation): FigureItem[] {
  const { detail } = evaluation
  const auc = detail?.rocAuc.macro ?? null
  return [
    { label: 'Macro F1', value: macroAverages(evaluation).f1.toFixed(4), note: 'mean of the ten classes' },
    {
      label: 'ROC-AUC',
      value: auc === null ? NO_VALUE : auc.toFixed(5),
      note: 'one class against the rest, mean',
    },
    {
      label: 'Calibration error',
      value: detail ? formatPercent(detail.calibrationError) : NO_VALUE,
      note: 'confidence against accuracy, 15 bins',
    },
  ]
}

function Lineage({ version }: { readonly version: ModelVersion }) {
  const runId = runOf(version)
  const run = useRun(runId)
  const { preprocess, dataset, parent } = version
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
      {parent !== null && (
        <Step kind="Parent" note="the champion that it was retrained from">
          <Link href={parentHref(parent)}>{parent}</Link>
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

function parentHref(parent: VersionId): string {
  const version = parent.slice(parent.lastIndexOf('/') + 1)
  return modelsHref({ model: modelName(parent), version, stage: null, alias: null }, {}, STUDIO_MODEL)
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
