/** What the server says of itself and of its model. */
import { expositionText, EXPOSITION_TYPE } from './exposition'
import { type ApiResponse, jsonAnswer, textAnswer } from './http'
import { metricFamilies } from './metric-families'
import type { InferenceService, ServedModel } from './service'

export function root({ appVersion, models }: InferenceService): ApiResponse {
  return jsonAnswer({
    name: 'MNIST Studio inference API',
    version: appVersion,
    models: models.map(({ name, version }) => `${name}/${version}`),
    docs: '/docs',
    openapi: '/openapi.json',
  })
}

export function health({ name, version }: ServedModel, { appVersion, host }: InferenceService): ApiResponse {
  return jsonAnswer({
    status: 'healthy',
    model_loaded: true,
    model: name,
    model_version: version,
    studio: appVersion,
    host,
  })
}

export function modelInfo(model: ServedModel): ApiResponse {
  const { evaluation } = model
  return jsonAnswer({
    name: model.name,
    version: model.version,
    aliases: model.aliases,
    network: model.network,
    parameters: model.parameters,
    input: { shape: [28, 28], values: '0–255 or 0–1, ink high' },
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    preprocess: model.preprocess,
    evaluation:
      evaluation === null
        ? null
        : {
            split: evaluation.split,
            count: evaluation.count,
            accuracy: evaluation.accuracy,
            interval: evaluation.interval,
            loss: evaluation.loss,
          },
    dataset: model.dataset,
    weights_sha256: model.weightsSha256,
    device: model.device,
  })
}

export async function metrics({ models, traffic, gauges }: InferenceService): Promise<ApiResponse> {
  return textAnswer(expositionText(metricFamilies(models, traffic, await gauges())), EXPOSITION_TYPE)
}
