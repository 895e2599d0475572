import type { MetricFamily, Sample } from './exposition'
import type { Gauges } from './gauges'
import type { ServedModel } from './service'
import type { Traffic } from './traffic'

type Samples = readonly Sample[]

/** Everything `/metrics` tells. The names are what dashboards ask for: they never change. */
export function metricFamilies(
  models: readonly ServedModel[],
  traffic: Traffic,
  gauges: Gauges,
): readonly MetricFamily[] {
  return [
    ...trafficFamilies(traffic),
    gauge(
      'mnist_drift_psi',
      'Population stability index of the newest look for drift.',
      gauges.drift.map(({ signal, value }) => ({ labels: { signal }, value })),
    ),
    gauge(
      'mnist_drift_pvalue',
      'Its p-value: how likely so much is without any drift.',
      gauges.drift.flatMap(({ signal, pValue }) =>
        pValue === null ? [] : [{ labels: { signal }, value: pValue }],
      ),
    ),
    {
      name: 'mnist_feedback_total',
      help: 'Answers that a person judged.',
      type: 'counter',
      samples: feedbackSamples(gauges.feedback),
    },
    gauge('mnist_model_info', 'The versions that answer.', models.map(modelSample)),
    gauge('mnist_train_loss', 'Loss of the newest run’s last epoch, nats.', single(gauges.trainLoss)),
    gauge('mnist_storage_bytes', 'Bytes that the studio keeps in this browser.', single(gauges.storageBytes)),
  ]
}

function trafficFamilies(traffic: Traffic): MetricFamily[] {
  return [
    {
      name: 'mnist_predictions_total',
      help: 'Digits read, by the class they were read as.',
      type: 'counter',
      samples: counted(traffic.predictions()),
    },
    {
      name: 'mnist_request_duration_seconds',
      help: 'Time from a request to its answer.',
      type: 'histogram',
      histogram: traffic.durations(),
    },
    {
      name: 'mnist_requests_total',
      help: 'Requests by path and status code.',
      type: 'counter',
      samples: counted(traffic.requests()),
    },
    {
      name: 'mnist_prediction_confidence',
      help: 'Probability of the answer.',
      type: 'histogram',
      histogram: traffic.confidences(),
    },
    {
      name: 'model_infer_request_success',
      help: 'Inference requests that were answered.',
      type: 'counter',
      samples: counted(traffic.inferences(true)),
    },
    {
      name: 'model_infer_request_failure',
      help: 'Inference requests that were refused or failed.',
      type: 'counter',
      samples: counted(traffic.inferences(false)),
    },
  ]
}

function gauge(name: string, help: string, samples: Samples): MetricFamily {
  return { name, help, type: 'gauge', samples }
}

function single(value: number | null): Samples {
  return value === null ? [] : [{ labels: {}, value }]
}

function counted(
  entries: readonly { readonly labels: Readonly<Record<string, string>>; readonly count: number }[],
): Samples {
  return entries.map(({ labels, count }) => ({ labels, value: count }))
}

function feedbackSamples(feedback: Gauges['feedback']): Samples {
  if (feedback === null) return []
  return [
    { labels: { correct: 'true' }, value: feedback.correct },
    { labels: { correct: 'false' }, value: feedback.wrong },
  ]
}

function modelSample({ version, aliases, parameters }: ServedModel): Sample {
  return { labels: { version, alias: aliases.join(','), params: String(parameters) }, value: 1 }
}
