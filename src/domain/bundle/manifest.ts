import * as z from 'zod/mini'
import { countSchema, firstIssue, sha256Schema, textSchema, timeSchema, versionIdSchema } from './schemas'

export const BUNDLE_FORMAT = 'mnist-studio-bundle'
/** The version written, and the newest understood. */
export const BUNDLE_VERSION = 1
export const BUNDLE_EXTENSION = '.mnistbundle'
export const MANIFEST_FILE = 'manifest.json'

/** A file's name inside a bundle: no folders, nothing hidden. */
export const BUNDLE_FILE_NAME = /^[A-Za-z0-9][\w.-]{0,99}$/

const manifestSchema = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  version: z.literal(BUNDLE_VERSION),
  created: timeSchema,
  /** The program that wrote it and its version. */
  app: textSchema,
  files: z.record(
    z.string().check(z.regex(BUNDLE_FILE_NAME)),
    z.strictObject({ sha256: sha256Schema, size: countSchema }),
  ),
  model: z.strictObject({
    name: textSchema,
    version: z.int().check(z.gte(1)),
    parameters: countSchema,
    architecture: textSchema,
  }),
  /** The versions it was retrained from, in the studio that wrote it. */
  parents: z.array(versionIdSchema).check(z.maxLength(16)),
})

/** What a bundle says of itself: every file but this one, with its digest and size. */
export type Manifest = z.infer<typeof manifestSchema>

export type ManifestReading =
  | { readonly kind: 'read'; readonly manifest: Manifest }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'wrong'; readonly finding: string }

const headSchema = z.object({ format: z.literal(BUNDLE_FORMAT), version: z.int() })

/** @param value parsed JSON that nobody has vouched for */
export function readManifest(value: unknown): ManifestReading {
  const head = headSchema.safeParse(value)
  if (!head.success) return { kind: 'wrong', finding: `it does not name the format ${BUNDLE_FORMAT}` }
  if (head.data.version > BUNDLE_VERSION) return { kind: 'newer', version: head.data.version }
  const read = manifestSchema.safeParse(value)
  return read.success
    ? { kind: 'read', manifest: read.data }
    : { kind: 'wrong', finding: firstIssue(read.error) }
}
