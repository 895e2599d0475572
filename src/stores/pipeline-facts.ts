/** What is stored that the pipeline and retraining are judged by; read inside live queries and before each step. */
import type { RetrainingFacts } from '../domain/pipeline/due'
import type { PipelineFacts } from '../domain/pipeline/records'
import { getDataset, listDatasets } from '../storage/datasets'
import { listDriftReports } from '../storage/drift-reports'
import { listAllAssessments } from '../storage/assessments'
import { listFeedback } from '../storage/feedback'
import { listAliases, listVersions } from '../storage/registry'
import { listRetrainings, retrainingHeld } from '../storage/retrainings'
import { autoRetrain, chosenDataset } from '../storage/settings'
import { CHAMPION, STUDIO_MODEL } from './model-name'
import { readTableRuns, type ListedRun } from './run-table'

/** The pipeline's facts with runs as the lists show them: an interrupted one can be taken up again. */
export interface StoredPipeline extends PipelineFacts {
  readonly runs: readonly ListedRun[]
}

export async function readPipeline(): Promise<StoredPipeline> {
  const chosen = await chosenDataset()
  const found = chosen === null ? null : await getDataset(chosen)
  const stored = {
    dataset: found ?? (await listDatasets())[0] ?? null,
    assessments: await listAllAssessments(),
    versions: await listVersions(STUDIO_MODEL),
    champion: await championId(),
  }
  // Last: it asks the browser for locks, and a live query hears of no table that is read after such a promise.
  const runs = await readTableRuns()
  return { ...stored, runs: runs.filter((run) => run.deletedAt === null) }
}

/** All but the clock; `choice` is null where a person never chose whether the page retrains by itself. */
export interface StoredRetraining extends Omit<RetrainingFacts, 'now' | 'enabled'> {
  readonly choice: boolean | null
  /** Some tab is at work on one. */
  readonly held: boolean
}

export async function readRetraining(): Promise<StoredRetraining> {
  const feedback = await listFeedback()
  return {
    choice: await autoRetrain(),
    champion: await championId(),
    unusedFeedback: feedback.filter(({ usedIn }) => usedIn === null).length,
    reports: await listDriftReports(),
    retrainings: await listRetrainings(),
    held: await retrainingHeld(),
  }
}

export async function championId() {
  return (await listAliases(STUDIO_MODEL)).find(({ alias }) => alias === CHAMPION)?.versionId ?? null
}
