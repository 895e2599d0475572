import type { DriftReport } from '../domain/drift/report'
import type { DriftReportId } from '../domain/ids'
import { studio } from './database'
import { write } from './write'

/** Newest first. */
export async function listDriftReports(): Promise<DriftReport[]> {
  return (await studio.driftReports.toArray()).sort((a, b) => b.at - a.at)
}

export async function keepDriftReport(report: DriftReport): Promise<void> {
  await write(studio, [studio.driftReports], async () => {
    await studio.driftReports.put(report)
  })
}

export async function deleteDriftReport(id: DriftReportId): Promise<void> {
  await write(studio, [studio.driftReports], async () => {
    await studio.driftReports.delete(id)
  })
}
