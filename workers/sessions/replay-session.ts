import type { RunId } from '../../src/domain/ids'
import { parameterTable } from '../../src/domain/model/parameters'
import type { Run } from '../../src/domain/registry/records'
import { firstDifference, type Replay, type TensorDifference } from '../../src/domain/registry/replay'
import { isEnded } from '../../src/domain/registry/run'
import type { Checkpoint } from '../../src/domain/training/events'
import type { ReplayCommand, ReplayMessage } from '../../src/protocol/replay'
import type { Hello } from '../../src/protocol/version'
import { readAnswer } from '../../src/storage/checkpoints'
import { recordReplay } from '../../src/storage/replays'
import { getRun, readRunWeights } from '../../src/storage/runs'
import { train } from '../engine/train'
import { floatsOf } from './browser-host'
import { datasetOf, sameEngine } from './prepare-resume'
import { planFor, type TrainHost } from './prepare-run'
import { SessionError, type Post, type Session } from './serve'

type Command = Exclude<ReplayCommand, Hello>
type Message = Exclude<ReplayMessage, Hello>

/** Executes stored runs once more. Stores nothing but what came of it. */
export function replaySession(host: TrainHost): Session<Command, Message> {
  return {
    async handle({ runId }, post) {
      const run = await replayableRun(runId)
      const replay = await replayRun(run, host, post)
      await recordReplay(replay)
      post({ kind: 'replayed', replay })
    },
    failed: (error) => ({ kind: 'replay-failed', error }),
  }
}

async function replayableRun(runId: RunId): Promise<Run> {
  const run = await getRun(runId)
  if (run === null)
    throw new SessionError(
      'not-found',
      `No stored run ${runId}: it was deleted, and there is no record to replay.`,
    )
  if (run.epochs.length === 0)
    throw new SessionError(
      'not-found',
      `The run ${run.name} finished no epoch: there is nothing to compare a replay with. Train it to the end of an epoch first.`,
    )
  return run
}

/**
 * From the first step to the last epoch on record, or to the first whose weights differ: with the run's own recipe, model, digits
 * and kernels, on this machine and with this build of the studio.
 */
async function replayRun(run: Run, host: TrainHost, post: Post<Message>): Promise<Replay> {
  const dataset = await datasetOf(run)
  const plan = planFor(dataset, { train: run.params, augment: run.augment }, run.spec, run.preprocess)
  const engine = await sameEngine(run, plan, host.engine)
  const { appVersion, platform } = host
  const outcome = { runId: run.id, appVersion, host: platform, engine: engine.record }
  const totalSteps = run.epochs.length * plan.stepsPerEpoch
  const control = { signal: new AbortController().signal, wantsProfile: () => false }
  let epochsSame = 0
  try {
    for await (const event of train(engine, plan, dataset.train, host.engine, control)) {
      if (event.kind === 'steps') {
        const { firstStep, loss } = event.steps
        post({ kind: 'replaying', stepsDone: firstStep + loss.length, totalSteps })
      }
      if (event.kind !== 'epoch') continue
      const { epoch, weightsSha256 } = event.metrics
      const same = run.epochs[epoch - 1]?.weightsSha256 === weightsSha256
      post({ kind: 'replayed-epoch', epoch, same })
      if (!same) {
        const verdict = { kind: 'different', epoch, tensor: await whereIn(run, event.checkpoint) } as const
        return { ...outcome, at: host.clock(), epochsSame, verdict }
      }
      epochsSame++
      if (epochsSame === run.epochs.length) break
    }
  } finally {
    engine.dispose()
  }
  if (epochsSame < run.epochs.length) {
    // Where it ended before the record does, what decides that came out otherwise.
    const verdict = { kind: 'different', epoch: epochsSame + 1, tensor: null } as const
    return { ...outcome, at: host.clock(), epochsSame, verdict }
  }
  return { ...outcome, at: host.clock(), epochsSame, verdict: { kind: 'same' } }
}

/** The first tensor that differs, where the run's own weights of that epoch are kept and whole; null otherwise. */
async function whereIn(run: Run, { epoch, weights, average }: Checkpoint): Promise<TensorDifference | null> {
  const kept = await keptWeights(run, epoch)
  if (kept === null || kept.length !== parameterTable(run.spec).total * 4) return null
  return firstDifference(run.spec, floatsOf(kept), average ?? weights)
}

async function keptWeights(run: Run, epoch: number): Promise<Uint8Array | null> {
  const recorded = run.epochs[epoch - 1]?.weightsSha256
  // A stopped run's last weights are of a few steps later than its last epoch: only equal digests mean that epoch's.
  if (isEnded(run) && run.status.result.weightsSha256 === recorded) return readRunWeights(run.id)
  return readAnswer(run.id, epoch)
}
