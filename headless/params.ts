import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { presetNames } from '../src/domain/model/presets'
import { paramsFromEnvironment, parseSetArguments } from '../src/domain/params/layers'
import { resolveParams, type ParamOrigin } from '../src/domain/params/resolve'
import type { StudioParams } from '../src/domain/params/schema'
import { reasonOf } from './files'
import type { Progress } from './progress'
import { done, type Result, usage } from './problem'

/** The repository's own parameters. */
const PARAMS_FILE = fileURLToPath(new URL('../params.yaml', import.meta.url))
/** A parameter file is a page of text; what is larger is something else. */
const MAX_BYTES = 1_000_000

export interface ResolvedParams {
  readonly params: StudioParams
  /** Of every parameter, by path: which layer gave it, and under which name. */
  readonly origins: ReadonlyMap<string, ParamOrigin>
}

/** defaults ← params.yaml (or --params) ← MLOPS_* ← --set. All faults are named at once. */
export async function readParams(
  paramsFile: string | null,
  settings: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  progress: Progress,
): Promise<Result<ResolvedParams>> {
  const file = await readParamsFile(paramsFile ?? PARAMS_FILE)
  if (!file.ok) return file
  const layers = [
    { origin: 'params.yaml', values: file.value } as const,
    paramsFromEnvironment(environment),
    parseSetArguments(settings),
  ]
  const resolution = resolveParams(layers, presetNames)
  if (!resolution.ok) return usage('bad-params', resolution.problems.map(({ message }) => message).join('\n'))
  for (const { message } of resolution.notices) progress.say(message)
  return done({ params: resolution.params, origins: resolution.origins })
}

async function readParamsFile(file: string): Promise<Result<unknown>> {
  try {
    const { size } = await stat(file)
    if (size > MAX_BYTES)
      return usage('bad-params', `${file} must be a parameter file of at most 1 MB, found ${size} bytes.`)
    // Aliases are refused: nobody needs them in two levels of plain values, and a few lines of them expand without end.
    const document = parseDocument(await readFile(file, 'utf8'), { schema: 'core', prettyErrors: true })
    const [fault] = document.errors
    if (fault) return usage('bad-params', `${file} must be YAML: ${fault.message.split('\n')[0]}`)
    return done(document.toJS({ maxAliasCount: 0 }) as unknown)
  } catch (error) {
    return usage('bad-params', `${file} could not be read as parameters (${reasonOf(error)}).`)
  }
}

/** The resolved parameters with where each came from, as a file for people and programs. */
export function paramsRecord({ params, origins }: ResolvedParams): unknown {
  return { params, origins: Object.fromEntries(origins) }
}
