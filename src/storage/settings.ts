import { parseDatasetId, type DatasetId } from '../domain/ids'
import { studio } from './database'
import { write } from './write'

const CHOSEN_DATASET = 'chosen-dataset'

/** The dataset a person chose to train on; null when they never did. */
export async function chosenDataset(): Promise<DatasetId | null> {
  const row = await studio.settings.get(CHOSEN_DATASET)
  return typeof row?.value === 'string' ? parseDatasetId(row.value) : null
}

export async function chooseDataset(id: DatasetId): Promise<void> {
  await write(studio, [studio.settings], async () => {
    await studio.settings.put({ key: CHOSEN_DATASET, value: id })
  })
}

/** Keys of what an engine found out about this machine; the workers write these, a person's choices are the page's. */
const ENGINE = 'engine: '

/** What an engine noted under this key; null when it never did. */
export async function engineNote(key: string): Promise<string | null> {
  const row = await studio.settings.get(ENGINE + key)
  return typeof row?.value === 'string' ? row.value : null
}

export async function keepEngineNote(key: string, value: string): Promise<void> {
  await write(studio, [studio.settings], async () => {
    await studio.settings.put({ key: ENGINE + key, value })
  })
}

const LOG_DRAWINGS = 'log-drawings'

/** Whether answers to drawings are noted on this machine; they are unless a person switched it off. */
export async function logsDrawings(): Promise<boolean> {
  return (await studio.settings.get(LOG_DRAWINGS))?.value !== false
}

export async function keepLogging(on: boolean): Promise<void> {
  await write(studio, [studio.settings], async () => {
    await studio.settings.put({ key: LOG_DRAWINGS, value: on })
  })
}

const AUTO_RETRAIN = 'auto-retrain'

/** Whether the page retrains by itself; null where a person never chose, and the parameters say. */
export async function autoRetrain(): Promise<boolean | null> {
  const row = await studio.settings.get(AUTO_RETRAIN)
  return typeof row?.value === 'boolean' ? row.value : null
}

export async function chooseAutoRetrain(on: boolean): Promise<void> {
  await write(studio, [studio.settings], async () => {
    await studio.settings.put({ key: AUTO_RETRAIN, value: on })
  })
}
