import { openIngestWorker } from '../clients/ingest-client'
import type { DatasetId, FeedbackId } from '../domain/ids'
import type { IngestRequest } from '../protocol/ingest'
import { markFeedbackUsed } from '../storage/feedback'
import type { Decision } from './decision'
import { pagePreprocess } from './defaults'
import { wireError } from './wire-error'

/** Stores a dataset's record anew with the page's preprocessing; the digits stay, and so does what was made with the old one. */
export async function prepareAgain(base: DatasetId): Promise<Decision<DatasetId>> {
  const stored = await askOnce({ kind: 'prepare-again', base })
  return stored.ok ? { ok: true, value: stored.value.datasetId } : stored
}

/** A dataset with the digits that people named, and how many went into it. */
export interface AddedFeedback {
  readonly datasetId: DatasetId
  readonly used: number
}

/**
 * Stores a new version of a dataset: its training digits and, behind them, the digits that people named and that are in no
 * dataset yet. The test split stays. Works beside a load under way, in a worker of its own, and notes on the feedback where it
 * went.
 */
export async function addFeedback(base: DatasetId): Promise<Decision<AddedFeedback>> {
  const stored = await askOnce({ kind: 'with-feedback', base })
  if (!stored.ok) return stored
  const { datasetId, feedback } = stored.value
  try {
    await markFeedbackUsed(feedback, datasetId)
    return { ok: true, value: { datasetId, used: feedback.length } }
  } catch (error) {
    return { ok: false, error: wireError(error) }
  }
}

/** One request in a worker of its own, answered when it is stored. */
function askOnce(
  request: IngestRequest,
): Promise<Decision<{ datasetId: DatasetId; feedback: readonly FeedbackId[] }>> {
  return new Promise((resolve) => {
    function end(answer: Parameters<typeof resolve>[0]): void {
      own.terminate()
      resolve(answer)
    }
    const own = openIngestWorker({
      onMessage(event) {
        if (event.kind === 'stored')
          end({ ok: true, value: { datasetId: event.datasetId, feedback: event.feedback ?? [] } })
        else if (event.kind === 'failed') end({ ok: false, error: event.error })
        else if (event.kind === 'stopped')
          end({ ok: false, error: { code: 'stopped', message: 'Nothing was stored: it was stopped.' } })
      },
      onBroken: (error) => end({ ok: false, error }),
    })
    own.post({ kind: 'ingest', request, preprocess: pagePreprocess() })
  })
}
