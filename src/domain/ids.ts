/** Branded identifiers. A brand is given here, by a parser, and by nothing else. */

declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

/** Lower-case hexadecimal SHA-256, 64 characters. */
export type Sha256 = Branded<string, 'Sha256'>
/** 32 lower-case hexadecimal characters, the form MLflow uses. */
export type RunId = Branded<string, 'RunId'>
/** The dataset's digest is its identity: the same pixels and labels are the same dataset. */
export type DatasetId = Branded<string, 'DatasetId'>
/** `name/number`, for example `mnist-classifier/3`. */
export type VersionId = Branded<string, 'VersionId'>
/** 32 lower-case hexadecimal characters each, as a run's. */
export type SearchId = Branded<string, 'SearchId'>
export type RetrainingId = Branded<string, 'RetrainingId'>
export type AssessmentId = Branded<string, 'AssessmentId'>
export type FeedbackId = Branded<string, 'FeedbackId'>
export type DriftReportId = Branded<string, 'DriftReportId'>
/** Milliseconds since 1970-01-01 UTC. */
export type EpochMillis = Branded<number, 'EpochMillis'>
/** A number in [0, 1]. */
export type Probability = Branded<number, 'Probability'>

const SHA256 = /^[0-9a-f]{64}$/
const RUN_ID = /^[0-9a-f]{32}$/
const VERSION_ID = /^([A-Za-z0-9][\w.-]{0,199})\/([1-9]\d{0,8})$/

/** @throws RangeError when the text is not 64 lower-case hexadecimal characters. */
export function parseSha256(text: string): Sha256 {
  if (!SHA256.test(text))
    throw new RangeError(`SHA-256 must be 64 lower-case hexadecimal characters, found ${quote(text)}`)
  return text as Sha256
}

/** @throws RangeError when the text is not 32 lower-case hexadecimal characters. */
export function parseRunId(text: string): RunId {
  if (!RUN_ID.test(text))
    throw new RangeError(`run id must be 32 lower-case hexadecimal characters, found ${quote(text)}`)
  return text as RunId
}

/** Makes a run id from 16 random bytes. @throws RangeError unless there are exactly 16. */
export function runIdFromBytes(bytes: Uint8Array): RunId {
  if (bytes.length !== 16) throw new RangeError(`run id needs 16 bytes, found ${bytes.length}`)
  return parseRunId(toHex(bytes))
}

/** Any of the ids that are random; what it names is the caller's to say. @throws RangeError unless there are exactly 16 bytes. */
export function recordIdFromBytes<
  Id extends SearchId | RetrainingId | AssessmentId | FeedbackId | DriftReportId,
>(bytes: Uint8Array): Id {
  return runIdFromBytes(bytes) as string as Id
}

/** The same from text, for ids in addresses. @throws RangeError when the text is not 32 lower-case hexadecimal characters. */
export function parseRecordId<Id extends SearchId | RetrainingId | AssessmentId | FeedbackId | DriftReportId>(
  text: string,
): Id {
  return parseRunId(text) as string as Id
}

/** A dataset's identity is its digest (see `dataset/digest.ts`). */
export function datasetIdOf(digest: Sha256): DatasetId {
  return digest as string as DatasetId
}

/** @throws RangeError when the text is not a 64-character digest. */
export function parseDatasetId(text: string): DatasetId {
  return datasetIdOf(parseSha256(text))
}

/** @throws RangeError when the text is not `name/number` with number ≥ 1. */
export function parseVersionId(text: string): VersionId {
  if (!VERSION_ID.test(text))
    throw new RangeError(`version id must look like mnist-classifier/3, found ${quote(text)}`)
  return text as VersionId
}

/** @throws RangeError when the name or the number cannot stand in a version id. */
export function versionId(model: string, version: number): VersionId {
  return parseVersionId(`${model}/${version}`)
}

/** The model a version is one of. */
export function modelName(id: VersionId): string {
  return id.slice(0, id.lastIndexOf('/'))
}

/** @throws RangeError unless the value is a finite number ≥ 0. */
export function epochMillis(value: number): EpochMillis {
  if (!Number.isFinite(value) || value < 0)
    throw new RangeError(`a time must be milliseconds ≥ 0, found ${value}`)
  return value as EpochMillis
}

/** @throws RangeError unless the value lies in [0, 1]. */
export function probability(value: number): Probability {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`a probability must lie in [0, 1], found ${value}`)
  return value as Probability
}

/** Lower-case hexadecimal text of some bytes. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** The hash function the host passes in: Web Crypto in a worker, node:crypto in Node. */
export type DigestFn = (bytes: Uint8Array) => Promise<Sha256>

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text)
}
