import type { VersionId } from '../../src/domain/ids'
import { withInferenceTimes } from '../../src/domain/metrics/detail'
import { evaluateLogits } from '../../src/domain/metrics/evaluate'
import { largestDifference } from '../../src/domain/metrics/golden'
import { answersOf } from '../../src/domain/metrics/softmax'
import type { EvaluateCommand, EvaluateMessage, EvaluateSubject } from '../../src/protocol/evaluate'
import type { Hello } from '../../src/protocol/version'
import { readDataset } from '../../src/storage/datasets'
import type { EngineHost } from '../engine/contract'
import { predictSplit } from '../engine/evaluate'
import type { NetworkPredictor } from '../engine/open-network'
import { timeSingleImages } from '../engine/time-single'
import { openRun } from './open-run'
import { openVersion } from './open-version'
import { SessionError, type Post, type Session } from './serve'

type Command = Exclude<EvaluateCommand, Hello>
type Message = Exclude<EvaluateMessage, Hello>
type Evaluate = Extract<Command, { kind: 'evaluate' }>

/** Measures stored models, one command after the other: two at once would only spoil each other's times. */
export function evaluateSession(host: EngineHost): Session<Command, Message> {
  let last: Promise<unknown> = Promise.resolve()

  async function perform(command: Command, post: Post<Message>): Promise<void> {
    switch (command.kind) {
      case 'evaluate': {
        const message = await evaluate(command, host)
        return post(message, [message.labels.buffer, message.confidence.buffer] as ArrayBuffer[])
      }
      case 'rehearse':
        return post(await rehearse(command.request, command.versionId, host))
    }
  }

  return {
    handle(command, post) {
      const mine = last.then(() => perform(command, post))
      last = mine.catch(() => null)
      return mine
    },
    failed: (error, { request }) => ({ kind: 'evaluate-failed', request, error }),
  }
}

async function evaluate(
  { request, subject, datasetId, split }: Evaluate,
  host: EngineHost,
): Promise<Extract<Message, { kind: 'evaluated' }>> {
  const dataset = await readDataset(datasetId)
  const images = dataset[split]
  const logits = await withModel(subject, host, 0, (predictor) => predictSplit(predictor, images, host))
  const measured = evaluateLogits(logits, images.labels, split, dataset.record[split].digest)
  // As drawings are read: a single digit has nothing to share among threads.
  const times = await withModel(subject, host, 1, (predictor) => timeSingleImages(predictor, images, host))
  const evaluation = withInferenceTimes(measured, times)
  return { kind: 'evaluated', request, evaluation, ...answersOf(logits) }
}

async function rehearse(request: number, versionId: VersionId, host: EngineHost): Promise<Message> {
  const { predictor, golden } = await openVersion(versionId, host, 1)
  try {
    if (golden === null)
      throw new SessionError(
        'not-found',
        `${versionId} carries no golden vectors: it was registered before they were kept, so nothing tells whether it still answers as it did. Register its run again.`,
      )
    const answers = await predictor.predict(golden.images)
    return {
      kind: 'rehearsed',
      request,
      vectors: golden.count,
      largestDifference: largestDifference(golden.logits, answers),
    }
  } finally {
    predictor.dispose()
  }
}

async function withModel<Answer>(
  subject: EvaluateSubject,
  host: EngineHost,
  threads: number,
  ask: (predictor: NetworkPredictor) => Promise<Answer>,
): Promise<Answer> {
  const { predictor } =
    subject.kind === 'run'
      ? await openRun(subject.runId, host, threads)
      : await openVersion(subject.versionId, host, threads)
  try {
    return await ask(predictor)
  } finally {
    predictor.dispose()
  }
}
