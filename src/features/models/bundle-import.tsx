import { useState } from 'react'
import type { Preprocess } from '../../domain/image/preprocess'
import {
  importBundle,
  importLayersModel,
  recognise,
  useBundleWork,
  useImportOutcome,
} from '../../stores/bundle'
import { DropZone, FilePicker } from '../../ui/drop-zone'
import { Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { ImportOutcome } from './bundle-outcome'
import { BundleProgress } from './bundle-work'
import { PreprocessForm } from './preprocess-form'

/** A bundle, or a model of tf.layers, becomes a version: picked or dropped, and checked before anything is kept. */
export function BundleImport({ model }: { readonly model: string }) {
  const work = useBundleWork()
  const [asking, setAsking] = useState<readonly File[] | null>(null)
  const outcome = useImportOutcome()
  const busy = work !== null

  async function take(files: readonly File[]) {
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

  return (
    <Panel title="Import a model" note="checked whole before anything is kept">
      <Stack>
        <DropZone
          text="Drop a .mnistbundle of any MNIST Studio, or a tf.layers model: model.json with its weight files, or one zip of them."
          onDrop={({ files }) => void take([...files])}
        >
          <FilePicker
            label="Model files"
            text="Choose files"
            busy={busy}
            onFiles={(files) => void take(files)}
          />
        </DropZone>
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
