import { MAX_DEPTH } from '../../src/domain/serving/limits'
import { type ApiRequest, type Read, read, refuse } from './http'

/** A JSON object of a request. What is inside is anybody's: read it by {@link field}. */
export type JsonObject = Readonly<Record<string, unknown>>

const OPEN_ARRAY = 0x5b
const OPEN_OBJECT = 0x7b
const CLOSE_ARRAY = 0x5d
const CLOSE_OBJECT = 0x7d
const QUOTE = 0x22
const BACKSLASH = 0x5c

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a body as one JSON object. Bytes and levels are bounded before anything is parsed, so that no body costs much more than its
 * own length.
 * @param limit bytes
 */
export function readJsonBody(request: ApiRequest, limit: number): Read<JsonObject> {
  const type = request.headers['content-type']
  if (type !== undefined && !isJson(type))
    return refuse(
      415,
      `Expected a body of type application/json, found ${quoted(type)}: send the header Content-Type: application/json`,
    )
  if (request.body.length > limit) return tooLarge(request.body.length, limit)
  const deepest = depthOf(request.body)
  if (deepest > MAX_DEPTH)
    return refuse(400, `Expected JSON of at most ${MAX_DEPTH} levels, found ${deepest} or more`)
  let parsed: unknown
  try {
    parsed = JSON.parse(decoder.decode(request.body))
  } catch (error) {
    const found = request.body.length === 0 ? 'an empty body' : reason(error)
    return refuse(400, `Expected a JSON object, found ${found}`)
  }
  return isObject(parsed) ? read(parsed) : refuse(400, `Expected a JSON object, found ${kindOf(parsed)}`)
}

export function tooLarge(bytes: number | null, limit: number): ReturnType<typeof refuse> {
  const found = bytes === null ? 'more' : `${bytes} bytes`
  return refuse(413, `Expected a body of at most ${limit} bytes, found ${found}: send fewer images at once`)
}

/** An own field of a foreign object; undefined where there is none, whatever its prototype says. */
export function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a foreign value is, in a word or two. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object') return 'an object'
  return `a ${typeof value}`
}

export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text)
}

function isJson(type: string): boolean {
  const [name = ''] = type.toLowerCase().split(';')
  return /^application\/(?:json|[\w.+-]+\+json)$/.test(name.trim())
}

/** Levels of arrays and objects, brackets in strings left out. Stops where there are too many. */
function depthOf(body: Uint8Array): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] as number
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      deepest = Math.max(deepest, ++depth)
      if (deepest > MAX_DEPTH) return deepest
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--
  }
  return deepest
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return `something else (${message.slice(0, 120)})`
}
