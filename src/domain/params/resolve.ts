import { DEFAULT_PARAMS } from './defaults'
import type { LayerName, ParamLayer, TextEntry } from './layers'
import { ALIASES, isUnusedKey } from './reference'
import { choicesInWords, PARAM_RULES, type ParamRule, SECTIONS } from './rules'
import { type StudioParams, studioParamsSchema } from './schema'
import { misfitProblem, type ParamProblem, placeName, shown, unknownProblem } from './problems'
import { nearest } from './suggest'

/** Where a value came from. `name` is how it was written there: the variable, the address's name, a second name. */
export interface ParamOrigin {
  readonly layer: 'default' | LayerName
  readonly name: string
}

interface ParamNotice {
  readonly kind: 'unused' | 'overruled' | 'translated'
  readonly name: string
  readonly origin: LayerName
  readonly message: string
}

export type ParamsResolution =
  | {
      readonly ok: true
      readonly params: StudioParams
      /** Of every parameter, by path. */
      readonly origins: ReadonlyMap<string, ParamOrigin>
      readonly notices: readonly ParamNotice[]
      /** Names that were given and that nothing here reads. */
      readonly unusedKeys: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly ParamProblem[] }

interface Given {
  readonly path: string
  readonly name: string
  readonly value: unknown
  readonly isText: boolean
}

interface State {
  readonly values: Map<string, unknown>
  readonly origins: Map<string, ParamOrigin>
  readonly notices: ParamNotice[]
  readonly problems: ParamProblem[]
  readonly presets: readonly string[]
}

/**
 * Lays layers over the defaults, weak ones first. A wrong value is a problem even where a stronger layer covers it; all
 * problems are found at once. `presets` are the names `train.preset` may take.
 */
export function resolveParams(layers: readonly ParamLayer[], presets: readonly string[]): ParamsResolution {
  const state: State = { values: new Map(), origins: new Map(), notices: [], problems: [], presets }
  for (const [section, values] of Object.entries(DEFAULT_PARAMS))
    for (const [key, value] of Object.entries(values)) {
      state.values.set(`${section}.${key}`, value)
      state.origins.set(`${section}.${key}`, { layer: 'default', name: `${section}.${key}` })
    }
  for (const layer of layers) {
    const given =
      'entries' in layer
        ? layer.entries.flatMap((entry) => readEntry(entry, layer.origin, state))
        : readTree(layer.values, layer.origin, state)
    applyLayer(given, layer.origin, state)
  }
  if (state.problems.length > 0) return { ok: false, problems: state.problems }
  return {
    ok: true,
    params: studioParamsSchema.parse(nested(state.values)),
    origins: state.origins,
    notices: state.notices,
    unusedKeys: state.notices.filter(({ kind }) => kind === 'unused').map(({ name }) => name),
  }
}

/** Second names first, so that first names win within the layer. */
function applyLayer(given: readonly Given[], origin: LayerName, state: State): void {
  const direct = given.filter(({ path }) => !ALIASES.has(path))
  for (const item of given) {
    const target = ALIASES.get(item.path)
    if (target === undefined) continue
    applyValue(item, target, origin, state)
    if (direct.some(({ path }) => path === target))
      state.notices.push({
        kind: 'overruled',
        name: item.name,
        origin,
        message: `${item.name} is not used: ${target} is also given in ${placeName(origin)} and wins.`,
      })
  }
  for (const item of direct) applyValue(item, item.path, origin, state)
}

function applyValue(item: Given, target: string, origin: LayerName, state: State): void {
  if (isUnusedKey(target)) return noteUnused(item.name, origin, state)
  const rule = PARAM_RULES.get(target)
  if (rule === undefined) {
    state.problems.push(unknownProblem(item.path, item.name, origin))
    return
  }
  const value = item.isText ? readText(rule, `${String(item.value)}`) : item.value
  const presets = rule.key === 'preset' ? state.presets : null
  const known = (one: unknown) => presets === null || presets.some((preset) => preset === one)
  const values: readonly unknown[] = rule.element !== null && Array.isArray(value) ? value : [value]
  if (!rule.accepts(value) || !values.every(known)) {
    const each = rule.element ?? rule
    const wrong = values.find((one) => !each.accepts(one) || !known(one)) ?? value
    const choices = presets ?? each.choices
    const meant = choices !== null && typeof wrong === 'string' ? nearest(wrong, choices) : null
    const wanted = presets === null ? each.expected : choicesInWords(presets)
    const expected = rule.element === null ? wanted : `a list of values, each ${wanted}`
    const hint = meant === null ? null : `Did you mean ${meant}?`
    const misfit = { path: item.path, name: item.name, expected, found: shown(wrong), hint }
    state.problems.push(misfitProblem(misfit, origin))
    return
  }
  state.values.set(target, value)
  state.origins.set(target, { layer: origin, name: item.name })
}

/** A text that is not of its parameter's type stays a text, and is then named as found. A list is separated by commas. */
function readText(rule: ParamRule, text: string): unknown {
  const { element } = rule
  if (element !== null) return text.split(',').map((part) => readText(element, part.trim()))
  if (rule.kind === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  const isNumeric = rule.kind === 'integer' || rule.kind === 'number'
  if (isNumeric && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text)
  return text
}

function readEntry(entry: TextEntry, origin: LayerName, state: State): Given[] {
  switch (entry.kind) {
    case 'unused':
      noteUnused(entry.name, origin, state)
      return []
    case 'malformed':
      state.problems.push(misfitProblem({ ...entry, name: entry.path }, origin))
      return []
    case 'translated':
      state.notices.push({ kind: 'translated', name: entry.name, origin, message: entry.notice })
      return [{ path: entry.path, name: entry.name, value: entry.text, isText: true }]
    case 'value':
      return [{ path: entry.path, name: entry.name, value: entry.text, isText: true }]
  }
}

/** An empty file and an empty section say nothing, which is no fault. */
function readTree(values: unknown, origin: LayerName, state: State): Given[] {
  if (values === null || values === undefined) return []
  if (!isSection(values)) {
    const place = placeName(origin)
    const expected = `sections (${SECTIONS.join(', ')})`
    const hint = 'Write sections with keys, for example train: { epochs: 3 }.'
    state.problems.push(
      misfitProblem({ path: place, name: place, expected, found: shown(values), hint }, origin),
    )
    return []
  }
  return Object.entries(values).flatMap(([section, keys]): Given[] => {
    if (!SECTIONS.includes(section)) {
      state.problems.push(unknownProblem(section, section, origin))
      return []
    }
    if (keys === null || keys === undefined) return []
    if (!isSection(keys)) {
      const expected = 'a section with keys'
      const misfit = { path: section, name: section, expected, found: shown(keys), hint: null }
      state.problems.push(misfitProblem(misfit, origin))
      return []
    }
    return Object.entries(keys).map(([key, value]) => {
      const path = `${section}.${key}`
      return { path, name: path, value, isText: false }
    })
  })
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function noteUnused(name: string, origin: LayerName, state: State): void {
  state.notices.push({
    kind: 'unused',
    name,
    origin,
    message: `${name} (${placeName(origin)}) is not used by this studio.`,
  })
}

function nested(values: ReadonlyMap<string, unknown>): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    SECTIONS.map((section) => [
      section,
      Object.fromEntries(
        [...PARAM_RULES.values()]
          .filter((rule) => rule.section === section)
          .map(({ key, path }) => [key, values.get(path)]),
      ),
    ]),
  )
}
