/**
 * What is stored, as live queries: they follow every write of this tab, of other tabs and of workers. `undefined` means the
 * answer is on its way, `null` that there is none.
 */
import { useLiveQuery } from 'dexie-react-hooks'
import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { DatasetRecord, LabelledImages } from '../domain/dataset/dataset'
import type { DriftReport } from '../domain/drift/report'
import type { DatasetId, RunId, Sha256 } from '../domain/ids'
import { verifyChain, type ChainBreak } from '../domain/registry/chain'
import type { RunLogLine } from '../domain/registry/run-log'
import type { Replay } from '../domain/registry/replay'
import type { Alias, RegistryEvent } from '../domain/registry/records'
import type { StoredAssessment } from '../domain/release/assessment'
import { listAssessments } from '../storage/assessments'
import { digest } from '../storage/blobs'
import { getDataset, listDatasets, readDigits, readLabels, type Split } from '../storage/datasets'
import { listDriftReports } from '../storage/drift-reports'
import { countFeedback } from '../storage/feedback'
import { newestPrediction } from '../storage/predictions'
import { listAliases, listEvents, listModels, listVersions, type StoredVersion } from '../storage/registry'
import { interruptedRuns } from '../storage/run-locks'
import { listReplays } from '../storage/replays'
import { readRunLog } from '../storage/run-logs'
import { getRun, readTestPredictions } from '../storage/runs'
import { readServed, type Served } from '../storage/served'
import { chosenDataset } from '../storage/settings'
import { readSteps } from '../storage/steps'
import type { TestPredictions } from '../storage/test-predictions'
import { retrainingReleased } from '../storage/retrainings'
import { lasting } from './lasting-query'
import { readPipeline, readRetraining, type StoredPipeline, type StoredRetraining } from './pipeline-facts'
import { runLockRevision, watchRun } from './run-locks'
import { readTableRuns, type ListedRun, type TableRun } from './run-table'
import { createCurveBuffer, type StepCurve } from './step-curve'

export type { ListedRun, TableRun } from './run-table'

export type Loading<Value> = Value | undefined

/** Newest first. */
export function useDatasets(): Loading<readonly DatasetRecord[]> {
  return useStored(listDatasets)
}

/** The dataset to train on: the one a person chose, else the newest; null when there is none. */
export function useChosenDataset(): Loading<DatasetRecord | null> {
  return useStored(async () => {
    const chosen = await chosenDataset()
    const found = chosen === null ? null : await getDataset(chosen)
    return found ?? (await listDatasets())[0] ?? null
  })
}

/** Newest first, without those a person deleted. */
export function useRuns(): Loading<readonly ListedRun[]> {
  const runs = useRunTable()
  return useMemo(() => runs?.filter((run) => run.deletedAt === null), [runs])
}

/** Newest first, deleted and archived ones too, with what can be asked about them. */
export function useRunTable(): Loading<readonly TableRun[]> {
  const { revision } = useStore(runLockRevision)
  const listed = useStored(readTableRuns, '', revision)
  useEffect(() => {
    for (const run of listed ?? []) if (run.status.state === 'running' && !run.interrupted) watchRun(run.id)
  }, [listed])
  return listed
}

/** What a run wrote down while it was under way, oldest first. */
export function useRunLog(runId: RunId): Loading<readonly RunLogLine[]> {
  return useKeyedQuery(runId, readRunLog) ?? undefined
}

/** Also a deleted run, so that its page can offer to bring it back. */
export function useRun(id: RunId | null): Loading<ListedRun | null> {
  const { revision } = useStore(runLockRevision)
  const run = useKeyedQuery(
    id,
    async (known) => {
      const stored = await getRun(known)
      return stored && { ...stored, interrupted: (await interruptedRuns()).has(known) }
    },
    '',
    revision,
  )
  useEffect(() => {
    if (run?.status.state === 'running' && !run.interrupted) watchRun(run.id)
  }, [run])
  return run
}

/** The stored curve of a run; null when no step was stored. */
export function useRunSteps(id: RunId | null): Loading<StepCurve | null> {
  return useKeyedQuery(id, readCurve)
}

async function readCurve(id: RunId): Promise<StepCurve | null> {
  const chunks = await readSteps(id)
  const last = chunks.at(-1)
  if (!last) return null
  const length = last.firstStep + last.loss.length
  const buffer = createCurveBuffer(length)
  for (const chunk of chunks) buffer.append(chunk)
  return buffer.view(length)
}

/** The stored curves of several runs, in their order. */
export function useManyRunSteps(ids: readonly RunId[]): Loading<readonly (StepCurve | null)[]> {
  return useKeyedQuery(ids.join(), () => Promise.all(ids.map(readCurve))) ?? undefined
}

/** What came of executing a run once more, newest first. */
export function useReplays(runId: RunId): Loading<readonly Replay[]> {
  return useKeyedQuery(runId, listReplays) ?? undefined
}

/** What an ended run answered for each image of its dataset's test split. */
export function useTestPredictions(runId: RunId | null): Loading<TestPredictions | null> {
  return useKeyedQuery(runId, (known) => readTestPredictions(known))
}

/** All labels of a split, index = image. */
export function useLabels(datasetId: DatasetId | null, split: Split): Loading<Uint8Array | null> {
  return useKeyedQuery(datasetId, (known) => readLabels(known, split), split)
}

/** A version as the lists show it: with whether its weights were found missing or changed. */
export type ListedVersion = StoredVersion

/** Newest first. */
export function useVersions(model: string): Loading<readonly ListedVersion[]> {
  return useKeyedQuery(model, listVersions) ?? undefined
}

export function useAliases(model: string): Loading<readonly Alias[]> {
  return useKeyedQuery(model, listAliases) ?? undefined
}

/** Which version answers the inference API here. */
export function useServed(): Loading<Served> {
  return useStored(readServed)
}

/** Oldest first. */
export function useRegistryEvents(model: string): Loading<readonly RegistryEvent[]> {
  return useKeyedQuery(model, (known) => listEvents(known)) ?? undefined
}

/** Names of all registered models. */
export function useModels(): Loading<readonly string[]> {
  return useStored(listModels)
}

/** What gates decided about some weights, newest first. */
export function useAssessments(weights: Sha256 | null): Loading<readonly StoredAssessment[]> {
  return useKeyedQuery(weights, listAssessments) ?? undefined
}

/** The whole registry's history, checked from its first event on: how many there are, and the first that does not hold. */
export function useRegistryChain(): Loading<RegistryChain> {
  return useStored(async () => {
    const events = await listEvents()
    return { events: events.length, broken: await verifyChain(events, digest) }
  })
}

export interface RegistryChain {
  readonly events: number
  readonly broken: ChainBreak | null
}

/** Looks for drift, newest first. */
export function useDriftReports(): Loading<readonly DriftReport[]> {
  return useStored(listDriftReports)
}

/** What the pipeline's status is derived from. */
export function usePipelineFacts(): Loading<StoredPipeline> {
  const { revision } = useStore(runLockRevision)
  return useStored(readPipeline, '', revision)
}

/** What retraining goes by, and its history. */
export function useRetrainingFacts(): Loading<StoredRetraining> {
  const [released, setReleased] = useState(0)
  const facts = useStored(readRetraining, '', released)
  const held = facts?.held === true
  // A lock that is freed changes nothing in storage.
  useEffect(() => {
    if (held) void retrainingReleased().then(() => setReleased((count) => count + 1))
  }, [held])
  return facts
}

/** Whether a version has answered somebody yet. */
export function useAnswered(): Loading<boolean> {
  return useStored(async () => (await newestPrediction()) > 0)
}

/** Another text whenever an answer or a word on one was added: what was counted of them is to be counted again. */
export function useTrafficRevision(): Loading<string> {
  return useStored(async () => `${await newestPrediction()}:${await countFeedback()}`)
}

/** Some digits of a split in the order asked for; null when the dataset or an index does not exist. */
export function useDigits(
  datasetId: DatasetId | null,
  split: Split,
  indices: readonly number[],
): Loading<LabelledImages | null> {
  return useKeyedQuery(datasetId, (known) => readDigits(known, split, indices), `${split}:${indices.join()}`)
}

/**
 * Dexie's hook hands out the previous key's answer until the new one is there; this one says "on its way" instead.
 * A null key has no answer.
 *
 * @param more what else the question depends on
 * @param revision asks the same question again when it changes
 */
function useKeyedQuery<Key extends string, Value>(
  key: Key | null,
  query: (key: Key) => Promise<Value>,
  more = '',
  revision = 0,
): Loading<Value | null> {
  const name = `${key}|${more}`
  const answer = useStored(
    async () => ({ name, value: key === null ? null : await query(key) }),
    name,
    revision,
  )
  return answer?.name === name ? answer.value : undefined
}

/** Dexie's hook, whose answer outlives the database. `query` is a new function at every render: `question` says what it asks. */
function useStored<Answer>(query: () => Promise<Answer>, question = '', revision = 0): Answer | undefined {
  const [ask] = useState(() => lasting<Answer>())
  return useLiveQuery(() => ask(question, query), [question, revision])
}
