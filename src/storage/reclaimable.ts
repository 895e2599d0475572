import type { StudioDatabase } from './database'

/** A sentence that says what could be deleted and how much that frees; empty when there is nothing. Reads keys and lengths only. */
export async function reclaimable(studio: StudioDatabase): Promise<string> {
  const lengths = new Map<string, number>()
  await studio.blobs.each((row) => {
    lengths.set(row.sha256, row.length)
  })
  function megabytes(rows: readonly { readonly blobs: readonly string[] }[]): string {
    const names = new Set(rows.flatMap((row) => row.blobs))
    let bytes = 0
    for (const name of names) bytes += lengths.get(name) ?? 0
    return (bytes / 1e6).toFixed(1)
  }
  const deleted = new Set(
    (await studio.runDecisions.toArray()).filter((row) => row.deletedAt !== null).map((row) => row.runId),
  )
  const deletedRuns = (await studio.runs.toArray()).filter((run) => deleted.has(run.id))
  const checkpoints = await studio.checkpoints.toArray()
  const datasets = await studio.datasets.toArray()
  const parts: string[] = []
  if (deletedRuns.length > 0)
    parts.push(`${deletedRuns.length} deleted runs hold ${megabytes(deletedRuns)} MB`)
  if (checkpoints.length > 0) parts.push(`${checkpoints.length} checkpoints ${megabytes(checkpoints)} MB`)
  for (const dataset of datasets) parts.push(`the dataset ${dataset.name} ${megabytes([dataset])} MB`)
  return parts.length > 0 ? ` What could be deleted: ${parts.join(', ')}.` : ''
}
