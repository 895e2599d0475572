import type { DatasetRecord } from './dataset'

/**
 * The version that a dataset of this name and digest has among the stored ones: its own where these very digits are stored
 * under the name already, else the next number. Records of before there were versions count as one each, oldest first.
 */
export function datasetVersion(
  dataset: Pick<DatasetRecord, 'name' | 'digest'>,
  stored: readonly DatasetRecord[],
): number {
  const versions = numbered(stored.filter(({ name }) => name === dataset.name))
  const own = versions.find(({ record }) => record.digest === dataset.digest)
  return own?.version ?? Math.max(0, ...versions.map(({ version }) => version)) + 1
}

/** "MNIST v2"; the number stays away while there is only one dataset of the name. */
export function datasetTitle(dataset: DatasetRecord, stored: readonly DatasetRecord[]): string {
  const versions = numbered(stored.filter(({ name }) => name === dataset.name))
  if (versions.length < 2 && (dataset.version ?? 1) === 1) return dataset.name
  const own = versions.find(({ record }) => record.id === dataset.id)?.version ?? dataset.version ?? 1
  return `${dataset.name} v${own}`
}

function numbered(records: readonly DatasetRecord[]): readonly { record: DatasetRecord; version: number }[] {
  const oldestFirst = records.toSorted((a, b) => a.createdAt - b.createdAt)
  const taken = new Set(oldestFirst.map(({ version }) => version))
  let next = 1
  return oldestFirst.map((record) => {
    if (record.version !== undefined) return { record, version: record.version }
    while (taken.has(next)) next++
    return { record, version: next++ }
  })
}
