import { parseSha256 } from '../src/domain/ids'
import { withInferenceTimes } from '../src/domain/metrics/detail'
import { evaluateLogits } from '../src/domain/metrics/evaluate'
import { answersOf } from '../src/domain/metrics/softmax'
import { predictSplit } from '../workers/engine/evaluate'
import { timeSingleImages } from '../workers/engine/time-single'
import type { ServedModel } from '../workers/serving/service'
import { assessCandidate } from './assess-candidate'
import { nodeEngineHost } from './host'
import { done, type Result } from './problem'
import { type Job, readPrepared, type Report } from './stages'
import { datasetSummary } from './summary'

/** Measures a registered version or a bundle on test digits and puts it through the gate. Ends no run. */
export async function evaluateServed(opened: Result<ServedModel>, job: Job): Promise<Result<Report>> {
  if (!opened.ok) return opened
  const model = opened.value
  const dataset = await readPrepared(job)
  if (!dataset.ok) return dataset
  const { test, record } = dataset.value
  const host = nodeEngineHost()
  job.progress.show(`Reading ${test.count} test digits`)
  const began = performance.now()
  const logits = await predictSplit(model, test, host)
  const evaluation = withInferenceTimes(
    evaluateLogits(logits, test.labels, 'test', record.test.digest),
    await timeSingleImages(model, test, host),
  )
  const seconds = (performance.now() - began) / 1000
  const weightsSha256 = parseSha256(model.weightsSha256)
  const candidate = { weightsSha256, evaluation, answers: answersOf(logits).labels }
  const assessed = await assessCandidate(candidate, dataset.value, seconds, job)
  if (!assessed.ok) return assessed
  return done({
    dataset: datasetSummary(dataset.value),
    model: { name: model.name, version: model.version, network: model.network, parameters: model.parameters },
    testAccuracy: evaluation.accuracy,
    testLoss: evaluation.loss,
    weightsSha256,
    trainedOn: model.dataset,
    ...assessed.value,
    out: job.line.out,
  })
}
