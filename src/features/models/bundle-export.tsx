import { useState } from 'react'
import type { VersionId } from '../../domain/ids'
import { exportVersion, useBundleWork, type ExportedBundle } from '../../stores/bundle'
import type { Decision } from '../../stores/decision'
import { Button } from '../../ui/button'
import { downloadFile } from '../../ui/download'
import { formatBytes, formatCounted } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { BundleProgress } from './bundle-work'
import styles from './bundle.module.css'

interface BundleExportProps {
  readonly versionId: VersionId
  /** Its weights cannot be read. */
  readonly damaged: boolean
}

/** One file of a version that other tools open; it was opened and rehearsed here before it is handed out. */
export function BundleExport({ versionId, damaged }: BundleExportProps) {
  const work = useBundleWork()
  const [outcome, setOutcome] = useState<Decision<ExportedBundle> | null>(null)
  const mine = work?.task === 'export' && work.subject === versionId

  async function run() {
    setOutcome(null)
    const packed = await exportVersion(versionId)
    setOutcome(packed)
    if (packed.ok) save(packed.value)
  }

  return (
    <section className={styles['part']} aria-label="Export">
      <Stack>
        <p className={styles['note']}>
          One file with the weights for tf.layers, ONNX and PyTorch, its preprocessing, figures and a model
          card.
        </p>
        {mine ? (
          <BundleProgress work={work} />
        ) : (
          <div>
            <Button disabled={damaged || work !== null} onClick={() => void run()}>
              Export as a bundle
            </Button>
          </div>
        )}
        {outcome?.ok === false && (
          <Notice tone="failure" title="Nothing was exported">
            <p>{outcome.error.message}</p>
          </Notice>
        )}
        {outcome?.ok === true && <Packed bundle={outcome.value} />}
      </Stack>
    </section>
  )
}

function save({ fileName, bytes }: ExportedBundle): void {
  downloadFile(fileName, 'application/zip', bytes)
}

function Packed({ bundle }: { readonly bundle: ExportedBundle }) {
  const { fileName, bytes, files } = bundle
  return (
    <Notice
      tone="good"
      title={`${fileName}, ${formatBytes(bytes.byteLength)}`}
      actions={<Button onClick={() => save(bundle)}>Download again</Button>}
    >
      <p>It was opened again here and answered its golden vectors before the download began.</p>
      <details>
        <summary>{formatCounted(files.length, 'file')} in it</summary>
        <ul className={styles['files']} aria-label="Files in the bundle">
          {files.map(({ name, size }) => (
            <li key={name}>
              <span>{name}</span>
              <span className={styles['size']}>{formatBytes(size)}</span>
            </li>
          ))}
        </ul>
      </details>
    </Notice>
  )
}
