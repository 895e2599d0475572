import { DEVICE_ENGINES, ENVIRONMENT_NAMES, ENVIRONMENT_SECTIONS } from './reference'
import { SECTIONS } from './rules'

/** From weak to strong, except that a host uses the environment and a page its address. */
export type LayerName = 'params.yaml' | 'environment' | 'url' | 'set' | 'form'

/** Parsed values, as a file or a form gives them: sections of keys. */
interface TreeLayer {
  readonly origin: LayerName
  readonly values: unknown
}

/** Texts, as an environment, an address or a command line gives them. They are read by the type of their parameter. */
export interface TextLayer {
  readonly origin: LayerName
  readonly entries: readonly TextEntry[]
}

export type TextEntry =
  | { readonly kind: 'value'; readonly path: string; readonly text: string; readonly name: string }
  /** A translated value, which a person should hear of. */
  | {
      readonly kind: 'translated'
      readonly path: string
      readonly text: string
      readonly name: string
      readonly notice: string
    }
  | { readonly kind: 'unused'; readonly name: string }
  /** Not of the form that this layer's texts have. */
  | {
      readonly kind: 'malformed'
      readonly path: string
      readonly expected: string
      readonly found: string
      readonly hint: string
    }

export type ParamLayer = TreeLayer | TextLayer

/** `train.epochs=1` → an entry. Everything after the first `=` is the value. */
export function parseSetArguments(texts: readonly string[]): TextLayer {
  const entries = texts.map((text): TextEntry => {
    const equals = text.indexOf('=')
    if (equals < 1)
      return {
        kind: 'malformed',
        path: '--set',
        expected: 'section.key=value',
        found: JSON.stringify(text),
        hint: 'Write for example --set train.epochs=3.',
      }
    const path = text.slice(0, equals).trim()
    return { kind: 'value', path, text: text.slice(equals + 1).trim(), name: path }
  })
  return { origin: 'set', entries }
}

/** Pairs of the page's address whose name has a dot (`?train.epochs=3`); other names belong to the screens. */
export function paramsFromUrl(search: Iterable<readonly [string, string]>): TextLayer {
  const entries: TextEntry[] = []
  for (const [name, text] of search)
    if (name.includes('.')) entries.push({ kind: 'value', path: name, text, name })
  return { origin: 'url', entries }
}

const PREFIX = 'MLOPS_'

/**
 * `MLOPS_<SECTION>_<KEY>`, in the order of the names, so that `MLOPS_TRAINING_SEED` beats `MLOPS_RANDOM_SEED`. An empty value
 * counts as not set, which is how a compose file passes on what nobody gave.
 */
export function paramsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): TextLayer {
  const entries: TextEntry[] = []
  for (const name of Object.keys(environment).toSorted()) {
    const text = environment[name]?.trim() ?? ''
    if (name.startsWith(PREFIX) && text !== '') entries.push(environmentEntry(name, text))
  }
  return { origin: 'environment', entries }
}

function environmentEntry(name: string, text: string): TextEntry {
  const path = environmentPath(name.slice(PREFIX.length))
  if (path === null) return { kind: 'unused', name }
  if (path === undefined)
    return {
      kind: 'malformed',
      path: name,
      expected: 'MLOPS_<SECTION>_<KEY>',
      found: 'no section of that name',
      hint: `Sections are ${environmentSections().join(', ')}.`,
    }
  if (path === 'train.engine') return engineEntry(name, text)
  return { kind: 'value', path, text, name }
}

/** The device of other systems is the engine here. */
function engineEntry(name: string, text: string): TextEntry {
  const device = text.toLowerCase()
  const engine = DEVICE_ENGINES.get(device)
  const path = 'train.engine'
  if (engine === undefined || engine === device) return { kind: 'value', path, text, name }
  const notice = `${name}=${text} is taken as ${path} ${engine}: ${engine === 'wasm' ? 'the engine on the processor' : 'the studio chooses the fastest engine it finds'}.`
  return { kind: 'translated', path, text: engine, name, notice }
}

/** The parameter a name without `MLOPS_` stands for; null: accepted, not used; undefined: no such section. */
function environmentPath(name: string): string | null | undefined {
  const whole = ENVIRONMENT_NAMES.get(name)
  if (whole !== undefined) return whole
  const section = environmentSections()
    .filter((candidate) => name.startsWith(`${candidate}_`))
    .reduce((longest, candidate) => (candidate.length > longest.length ? candidate : longest), '')
  if (section === '') return undefined
  const key = name.slice(section.length + 1).toLowerCase()
  const foreign = ENVIRONMENT_SECTIONS.get(section)
  if (foreign === undefined) return `${section.toLowerCase()}.${key}`
  const mapped = foreign.keys.get(key)
  if (mapped !== undefined) return mapped
  return foreign.section === null ? null : `${foreign.section}.${key}`
}

function environmentSections(): readonly string[] {
  return [...ENVIRONMENT_SECTIONS.keys(), ...SECTIONS.map((section) => section.toUpperCase())]
}
