/** Requests as MLflow's scoring server and KServe's first protocol take them. */
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { MAX_BODY } from '../../src/domain/serving/limits'
import { field, isObject, kindOf, readJsonBody, type JsonObject } from './body'
import type { Call } from './call'
import { type ApiResponse, jsonAnswer, type Read, read, refuse } from './http'
import { readImages } from './predict'
import { readDigits } from './reading'

const FORMS = ['inputs', 'instances', 'dataframe_split', 'dataframe_records'] as const

type Form = (typeof FORMS)[number]

/** MLflow: the classes, in the order of the images. */
export async function invocations({ request, service, model, startedAt }: Call): Promise<ApiResponse> {
  const body = readJsonBody(request, MAX_BODY)
  if (!body.ok) return body.answer
  const given = FORMS.filter((form) => field(body.value, form) !== undefined)
  const [form] = given
  if (form === undefined || given.length > 1)
    return refuse(400, `Expected exactly one of ${FORMS.join(', ')}, found ${given.join(', ') || 'none'}`)
      .answer
  const rows = rowsOf(form, field(body.value, form))
  if (!rows.ok) return rows.answer
  const images = readImages(rows.value, form)
  if (!images.ok) return images.answer
  const readings = await readDigits(model, images.value, service, startedAt)
  return jsonAnswer({ predictions: readings.map(({ label }) => label) })
}

/** KServe's first protocol, TensorFlow Serving's: a row of probabilities an instance. */
export async function predictInstances({ request, service, model, startedAt }: Call): Promise<ApiResponse> {
  const body = readJsonBody(request, MAX_BODY)
  if (!body.ok) return body.answer
  const instances = rowsOf('instances', field(body.value, 'instances'))
  if (!instances.ok) return instances.answer
  const images = readImages(instances.value, 'instances')
  if (!images.ok) return images.answer
  const readings = await readDigits(model, images.value, service, startedAt)
  return jsonAnswer({ predictions: readings.map(({ probabilities }) => [...probabilities]) })
}

/** The images of a form, whatever their values are. */
function rowsOf(form: Form, value: unknown): Read<readonly unknown[]> {
  switch (form) {
    case 'inputs':
      return arrayOf(form, isObject(value) ? field(value, 'image') : value)
    case 'instances':
    case 'dataframe_records': {
      const rows = arrayOf(form, value)
      return rows.ok ? read(rows.value.map((row) => (isObject(row) ? imageOf(row) : row))) : rows
    }
    case 'dataframe_split':
      return splitRows(value)
  }
}

function arrayOf(form: Form, value: unknown): Read<readonly unknown[]> {
  return Array.isArray(value)
    ? read(value as readonly unknown[])
    : refuse(400, `Expected "${form}" to be an array of images, found ${kindOf(value)}`)
}

/** A record's image: its column `image`, else its columns in order as pixels. */
function imageOf(record: JsonObject): unknown {
  return field(record, 'image') ?? Object.values(record)
}

/** `{columns, data}`: a column `image`, else every column a pixel. */
function splitRows(value: unknown): Read<readonly unknown[]> {
  const columns = isObject(value) ? field(value, 'columns') : undefined
  const data = isObject(value) ? field(value, 'data') : undefined
  if (!Array.isArray(columns) || !Array.isArray(data))
    return refuse(400, 'Expected "dataframe_split" with "columns" and "data", both arrays')
  const at = columns.indexOf('image')
  if (at < 0 && columns.length !== IMAGE_PIXELS)
    return refuse(
      400,
      `Expected a column "image" or ${IMAGE_PIXELS} columns, found ${columns.length} columns`,
    )
  if (at < 0) return read(data)
  return read((data as readonly unknown[]).map((row) => (Array.isArray(row) ? (row[at] as unknown) : row)))
}
