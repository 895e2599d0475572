/** Bundles out of the studio and into it: each in a worker of its own, which is ended after its answer or for want of one. */
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { openBundleWorker } from '../clients/bundle-client'
import type { WorkerHandle } from '../clients/worker-handle'
import { BUNDLE_EXTENSION, MANIFEST_FILE } from '../domain/bundle/manifest'
import type { VersionId } from '../domain/ids'
import type { Preprocess } from '../domain/image/preprocess'
import type { BundleCommand, BundleMessage, ExportedFile, GivenFile, ImportReport } from '../protocol/bundle'
import type { ErrorCode } from '../protocol/errors'
import type { Hello } from '../protocol/version'
import type { Decision } from './decision'

export type { ImportReport } from '../protocol/bundle'

/** What is under way. */
export interface BundleWork {
  readonly task: 'export' | 'import'
  /** The version or the file it is about. */
  readonly subject: string
  /** The stage it is in, in words. */
  readonly label: string
}

export interface ExportedBundle {
  readonly fileName: string
  readonly bytes: ArrayBuffer
  readonly files: readonly ExportedFile[]
}

/** What a person's files turn out to be. */
export type GivenModel =
  | { readonly kind: 'bundle'; readonly file: File }
  /** tf.layers: its preprocessing has to be asked for. */
  | { readonly kind: 'layers-model'; readonly files: readonly File[] }

const PATIENCE_SECONDS = 120
const MOST_BYTES = 256 * 1024 * 1024
/** A zip's directory stands at its end. */
const DIRECTORY_BYTES = 65_536

type Message = Exclude<BundleMessage, Hello>
type Answer = Exclude<Message, { kind: 'bundle-progress' } | { kind: 'bundle-failed' }>

const store = createStore<BundleWork | null>(() => null)

/** Outlives the panel that asked: the first import changes the whole screen. */
const lastImport = createStore<Decision<ImportReport> | null>(() => null)

let cancel: (() => void) | null = null

/** What is under way, or null. */
export function useBundleWork(): BundleWork | null {
  return useStore(store)
}

/** What the last import of this visit has come to; null before the first, and while one is under way. */
export function useImportOutcome(): Decision<ImportReport> | null {
  return useStore(lastImport)
}

/** Ends what is under way. */
export function stopBundleWork(): void {
  cancel?.()
}

/** Packs a version; the bundle was opened and rehearsed before this answers. */
export async function exportVersion(versionId: VersionId): Promise<Decision<ExportedBundle>> {
  const answer = await perform('export', versionId, () => Promise.resolve({ kind: 'export', versionId }))
  if (!answer.ok) return answer
  if (answer.value.kind !== 'exported') throw new Error(`an export was answered "${answer.value.kind}"`)
  const { fileName, bytes, files } = answer.value
  return { ok: true, value: { fileName, bytes, files } }
}

/** Whether files are a bundle or somebody else's model: a bundle names a manifest in its zip's directory. */
export async function recognise(files: readonly File[]): Promise<GivenModel> {
  const [file] = files
  if (file === undefined || files.length > 1) return { kind: 'layers-model', files }
  if (file.name.endsWith(BUNDLE_EXTENSION)) return { kind: 'bundle', file }
  if (file.name.endsWith('.json')) return { kind: 'layers-model', files }
  const directory = await file.slice(-DIRECTORY_BYTES).text()
  const isLayersZip = file.name.endsWith('.zip') && !directory.includes(MANIFEST_FILE)
  return isLayersZip ? { kind: 'layers-model', files } : { kind: 'bundle', file }
}

/** Makes a bundle the next version of a model, after everything about it was checked. */
export function importBundle(file: File, model: string): Promise<void> {
  return kept([file], async () => {
    const [given] = await read([file])
    if (given === undefined) throw new Error('no file was read')
    return { kind: 'import-bundle', file: given, model }
  })
}

/** Makes a model of tf.layers the next version of a model here. */
export function importLayersModel(
  files: readonly File[],
  preprocess: Preprocess,
  model: string,
): Promise<void> {
  return kept(files, async () => ({
    kind: 'import-layers-model',
    files: await read(files),
    preprocess,
    model,
  }))
}

async function kept(
  files: readonly File[],
  command: () => Promise<Exclude<BundleCommand, Hello>>,
): Promise<void> {
  lastImport.setState(null, true)
  lastImport.setState(await imported(files, command), true)
}

async function imported(
  files: readonly File[],
  command: () => Promise<Exclude<BundleCommand, Hello>>,
): Promise<Decision<ImportReport>> {
  const size = files.reduce((sum, file) => sum + file.size, 0)
  const names = files.map(({ name }) => name).join(', ')
  if (size > MOST_BYTES)
    return refusal('over-budget', `${names} has ${size} bytes; at most ${MOST_BYTES} are read.`)
  const answer = await perform('import', names, command)
  if (!answer.ok) return answer
  if (answer.value.kind !== 'imported') throw new Error(`an import was answered "${answer.value.kind}"`)
  return { ok: true, value: answer.value.report }
}

/** One worker, one answer. */
async function perform(
  task: BundleWork['task'],
  subject: string,
  prepare: () => Promise<Exclude<BundleCommand, Hello>>,
): Promise<Decision<Answer>> {
  if (store.getState() !== null)
    return refusal('busy', 'Another export or import is under way. Wait for it, or stop it.')
  store.setState({ task, subject, label: 'Reading the file' }, true)
  let command
  try {
    command = await prepare()
  } catch (error) {
    store.setState(null, true)
    return refusal('unreachable', `${subject} could not be read (${String(error)}). Choose it again.`)
  }
  return new Promise((resolve) => {
    let worker: WorkerHandle<BundleCommand> | null = null
    const patience = setTimeout(
      () => end(refusal('over-budget', outOfPatience(task, subject))),
      PATIENCE_SECONDS * 1000,
    )
    cancel = () => end(refusal('stopped', 'Stopped. A version is in the list whole, or not at all.'))

    function end(answer: Decision<Answer>): void {
      clearTimeout(patience)
      cancel = null
      worker?.terminate()
      store.setState(null, true)
      resolve(answer)
    }
    function receive(message: Message): void {
      if (message.kind === 'bundle-progress') store.setState({ task, subject, label: message.label }, true)
      else if (message.kind === 'bundle-failed') end({ ok: false, error: message.error })
      else end({ ok: true, value: message })
    }
    worker = openBundleWorker({
      onMessage: receive,
      onBroken: (error) => end({ ok: false, error }),
    })
    worker.post(command, transfers(command))
  })
}

function transfers(command: Exclude<BundleCommand, Hello>): Transferable[] {
  switch (command.kind) {
    case 'export':
      return []
    case 'import-bundle':
      return [command.file.bytes]
    case 'import-layers-model':
      return command.files.map(({ bytes }) => bytes)
  }
}

function read(files: readonly File[]): Promise<GivenFile[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })))
}

function outOfPatience(task: BundleWork['task'], subject: string): string {
  return `The ${task} of ${subject} took more than ${PATIENCE_SECONDS} s and was ended. A version is in the list whole, or not at all.`
}

function refusal(code: ErrorCode, message: string): Extract<Decision<never>, { ok: false }> {
  return { ok: false, error: { code, message } }
}
