import { listDriftReports } from '../../src/storage/drift-reports'
import { listFeedback } from '../../src/storage/feedback'
import { listRuns } from '../../src/storage/runs'
import type { Gauges } from '../serving/gauges'

/** What this browser's storage knows, read when somebody asks for metrics. */
export async function storedGauges(): Promise<Gauges> {
  const [reports, feedback, runs, estimate] = await Promise.all([
    listDriftReports(),
    listFeedback(),
    listRuns(),
    navigator.storage.estimate(),
  ])
  const newest = reports.reduce<(typeof reports)[number] | null>(
    (best, report) => (best === null || report.at > best.at ? report : best),
    null,
  )
  const correct = feedback.filter(({ answered, label }) => answered === label).length
  return {
    drift: (newest?.signals ?? []).map(({ signal, psi, p }) => ({ signal, value: psi, pValue: p })),
    feedback: { correct, wrong: feedback.length - correct },
    trainLoss: runs[0]?.epochs.at(-1)?.trainLoss ?? null,
    storageBytes: estimate.usage ?? null,
  }
}
