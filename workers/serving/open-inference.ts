/** The Open Inference Protocol, version 2: what KServe, Triton and MLServer speak. */
import { MAX_BODY } from '../../src/domain/serving/limits'
import { field, isObject, kindOf, quoted, readJsonBody, type JsonObject } from './body'
import type { Call } from './call'
import { type ApiResponse, jsonAnswer, type Read, read, refuse } from './http'
import { readDigits, type Reading } from './reading'
import { readTensor } from './tensor'
import type { InferenceService, ServedModel } from './service'

const OUTPUTS = [
  { name: 'class', datatype: 'INT64', shape: [-1] },
  { name: 'probabilities', datatype: 'FP32', shape: [-1, 10] },
] as const

type OutputName = (typeof OUTPUTS)[number]['name']

export function serverMetadata({ appVersion }: InferenceService): ApiResponse {
  return jsonAnswer({ name: 'mnist-studio', version: appVersion, extensions: [] })
}

export function modelMetadata(model: ServedModel, { models }: InferenceService): ApiResponse {
  return jsonAnswer({
    name: model.name,
    versions: models.filter(({ name }) => name === model.name).map(({ version }) => version),
    // The protocol has a fixed list of platforms; which files a bundle carries is said beside it.
    platform: 'onnx_onnxv1',
    inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 28, 28] }],
    outputs: OUTPUTS,
    parameters: { also: 'tfjs_layersmodel', network: model.network, values: model.parameters },
  })
}

export async function infer({ request, service, model, startedAt }: Call): Promise<ApiResponse> {
  const body = readJsonBody(request, MAX_BODY)
  if (!body.ok) return body.answer
  const id = field(body.value, 'id')
  if (id !== undefined && typeof id !== 'string')
    return refuse(400, `Expected "id" to be a text, found ${kindOf(id)}`).answer
  const wanted = readOutputs(body.value)
  if (!wanted.ok) return wanted.answer
  const images = readTensor(body.value, model.preprocess)
  if (!images.ok) return images.answer
  const readings = await readDigits(model, images.value, service, startedAt)
  const blank = readings.filter((reading) => reading.blank).length
  return jsonAnswer({
    model_name: model.name,
    model_version: model.version,
    ...(id === undefined ? {} : { id }),
    ...(blank === 0 ? {} : { parameters: { nothing_drawn: blank } }),
    outputs: wanted.value.map((name) => outputOf(name, readings)),
  })
}

/** The outputs asked for, in their order; all where none is named. */
function readOutputs(body: JsonObject): Read<readonly OutputName[]> {
  const outputs = field(body, 'outputs')
  const all = OUTPUTS.map(({ name }) => name)
  if (outputs === undefined) return read(all)
  if (!Array.isArray(outputs))
    return refuse(400, `Expected "outputs" to be an array, found ${kindOf(outputs)}`)
  const wanted: OutputName[] = []
  for (const output of outputs as readonly unknown[]) {
    const name = isObject(output) ? field(output, 'name') : undefined
    const known = all.find((candidate) => candidate === name)
    if (known === undefined) {
      const found = typeof name === 'string' ? quoted(name) : kindOf(name)
      return refuse(400, `Expected outputs named ${all.join(' or ')}, found ${found}`)
    }
    if (!wanted.includes(known)) wanted.push(known)
  }
  return read(wanted.length === 0 ? all : wanted)
}

function outputOf(name: OutputName, readings: readonly Reading[]) {
  const count = readings.length
  switch (name) {
    case 'class':
      return { name, datatype: 'INT64', shape: [count], data: readings.map(({ label }) => label) }
    case 'probabilities':
      return {
        name,
        datatype: 'FP32',
        shape: [count, 10],
        data: readings.flatMap(({ probabilities }) => [...probabilities]),
      }
  }
}
