import { useRef, useState, type DragEvent } from 'react'
import type { Preprocess } from '../../domain/image/preprocess'
import {
  importBundle,
  importLayersModel,
  recognise,
  useBundleWork,
  useImportOutcome,
} from '../../stores/bundle'
import { Button } from '../../ui/button'
import { classNames } from '../../ui/class-names'
import { Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { ImportOutcome } from './bundle-outcome'
import { BundleProgress } from './bundle-work'
import styles from './bundle.module.css'
import { PreprocessForm } from './preprocess-form'

/** A bundle, or a model of tf.layers, becomes a version: picked or dropped, and checked before anything is kept. */
export function BundleImport({ model }: { readonly model: string }) {
  const picker = useRef<HTMLInputElement>(null)
  const work = useBundleWork()
  const [over, setOver] = useState(false)
  const [asking, setAsking] = useState<readonly File[] | null>(null)
  const outcome = useImportOutcome()
  const busy = work !== null

  async function take(list: FileList | null) {
    const files = [...(list ?? [])]
    if (files.length === 0 || busy) return
    setAsking(null)
    const given = await recognise(files)
    if (given.kind === 'layers-model') setAsking(given.files)
    else await importBundle(given.file, model)
  }

  function answer(files: readonly File[], preprocess: Preprocess) {
    setAsking(null)
    void importLayersModel(files, preprocess, model)
  }

  function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files)
  }

  return (
    <Panel title="Import a model" note="checked whole before anything is kept">
      <Stack>
        <div
          className={classNames(styles['drop'], over && styles['over'])}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <p className={styles['note']}>
            Drop a .mnistbundle of any MNIST Studio, or a tf.layers model: model.json with its weight files,
            or one zip of them.
          </p>
          <Button disabled={busy} onClick={() => picker.current?.click()}>
            Choose files
          </Button>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label="Model files"
            onChange={(event) => {
              void take(event.currentTarget.files)
              event.currentTarget.value = ''
            }}
          />
        </div>
        {asking !== null && (
          <PreprocessForm
            names={asking.map(({ name }) => name)}
            onAnswer={(preprocess) => answer(asking, preprocess)}
            onCancel={() => setAsking(null)}
          />
        )}
        {work?.task === 'import' && <BundleProgress work={work} />}
        {outcome !== null && asking === null && <ImportOutcome outcome={outcome} />}
      </Stack>
    </Panel>
  )
}
