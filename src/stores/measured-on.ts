import type { DatasetId } from '../domain/ids'
import { getDataset, listDatasets } from '../storage/datasets'
import { chosenDataset } from '../storage/settings'

/** The digits to measure a model on: those it was made beside, else the chosen dataset's, else the newest's; null without any. */
export async function digitsFor(madeOn: DatasetId | null): Promise<DatasetId | null> {
  for (const id of [madeOn, await chosenDataset()])
    if (id !== null && (await getDataset(id)) !== null) return id
  return (await listDatasets())[0]?.id ?? null
}
