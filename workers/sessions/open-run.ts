import type { RunId } from '../../src/domain/ids'
import { isEnded, type EndedRun } from '../../src/domain/registry/run'
import { getRun, readRunWeights } from '../../src/storage/runs'
import type { EngineHost } from '../engine/contract'
import { openNetwork, type NetworkPredictor } from '../engine/open-network'
import { SessionError } from './serve'

export interface OpenedRun {
  readonly run: EndedRun
  readonly predictor: NetworkPredictor
}

/**
 * Reads what an ended run left, verifies its bytes and makes it answer; the predictor is the caller's to dispose of.
 *
 * @param threads of the processor; 0: as many as it runs at once
 * @throws SessionError 'not-found', 'bad-input' or 'damaged'; EngineUnavailableError
 */
export async function openRun(id: RunId, host: EngineHost, threads: number): Promise<OpenedRun> {
  const run = await getRun(id)
  if (run === null) throw new SessionError('not-found', `No stored run ${id}. It was deleted.`)
  if (!isEnded(run))
    throw new SessionError(
      'bad-input',
      `Run ${run.name} is ${run.status.state}: only a run that ended left weights to measure. Resume it or train again.`,
    )
  const weights = await readRunWeights(id)
  if (weights === null)
    throw new SessionError(
      'damaged',
      `The weights of run ${run.name} are gone or damaged. Train the same recipe again: equal weights make it whole.`,
    )
  const network = { kind: 'spec', spec: run.spec } as const
  const predictor = await openNetwork(network, { weights, topology: null }, run.preprocess, host, threads)
  return { run, predictor }
}
