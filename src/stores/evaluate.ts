import { openEvaluateWorker } from '../clients/evaluate-client'
import type { WorkerHandle } from '../clients/worker-handle'
import type { DatasetId, VersionId } from '../domain/ids'
import type { Evaluation } from '../domain/metrics/evaluation'
import type { WireError } from '../protocol/errors'
import type { EvaluateCommand, EvaluateMessage, EvaluateSubject } from '../protocol/evaluate'
import type { Hello } from '../protocol/version'
import type { Decision } from './decision'

export type { EvaluateSubject } from '../protocol/evaluate'

type Message = Exclude<EvaluateMessage, Hello>

/** A model measured anew on one split. */
export interface MeasuredModel {
  /** With what single images took on this machine. */
  readonly evaluation: Evaluation
  /** The likeliest class of each image, index = image. */
  readonly labels: Uint8Array
  /** Its probability. */
  readonly confidence: Float32Array
}

/** A version that answered its golden vectors once more. */
export interface Rehearsal {
  readonly vectors: number
  /** Of any logit, from what was kept; NaN where an answer is not a number. */
  readonly largestDifference: number
}

let worker: WorkerHandle<EvaluateCommand> | null = null
let requests = 0
const waiting = new Map<number, (answer: Decision<Message>) => void>()

/** Measures a run's or a version's weights on a stored split, in a worker. */
export async function evaluateModel(
  subject: EvaluateSubject,
  datasetId: DatasetId,
  split: 'train' | 'test',
): Promise<Decision<MeasuredModel>> {
  const answer = await ask((request) => ({ kind: 'evaluate', request, subject, datasetId, split }))
  if (!answer.ok) return answer
  if (answer.value.kind !== 'evaluated') throw new Error(`an evaluation was answered "${answer.value.kind}"`)
  const { evaluation, labels, confidence } = answer.value
  return { ok: true, value: { evaluation, labels, confidence } }
}

/** Lets a version answer its golden vectors again. */
export async function rehearseVersion(versionId: VersionId): Promise<Decision<Rehearsal>> {
  const answer = await ask((request) => ({ kind: 'rehearse', request, versionId }))
  if (!answer.ok) return answer
  if (answer.value.kind !== 'rehearsed') throw new Error(`a rehearsal was answered "${answer.value.kind}"`)
  const { vectors, largestDifference } = answer.value
  return { ok: true, value: { vectors, largestDifference } }
}

function ask(command: (request: number) => Exclude<EvaluateCommand, Hello>): Promise<Decision<Message>> {
  worker ??= openEvaluateWorker({ onMessage: receive, onBroken: breakOff })
  const request = requests++
  worker.post(command(request))
  return new Promise((resolve) => waiting.set(request, resolve))
}

function receive(message: Message): void {
  const resolve = waiting.get(message.request)
  waiting.delete(message.request)
  // A model's memory is worth more than the milliseconds of another start.
  if (waiting.size === 0) dismiss()
  resolve?.(
    message.kind === 'evaluate-failed' ? { ok: false, error: message.error } : { ok: true, value: message },
  )
}

function breakOff(error: WireError): void {
  const unanswered = [...waiting.values()]
  waiting.clear()
  dismiss()
  for (const resolve of unanswered) resolve({ ok: false, error })
}

function dismiss(): void {
  worker?.terminate()
  worker = null
}
