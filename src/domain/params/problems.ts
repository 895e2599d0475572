import type { LayerName } from './layers'
import { PARAM_RULES, SECTIONS } from './rules'
import { nearest } from './suggest'

export interface ParamProblem {
  /** As it was written. */
  readonly path: string
  /** In words, with the bounds. */
  readonly expected: string
  readonly found: string
  /** The way out, where there is one to name. */
  readonly hint: string | null
  readonly origin: LayerName
  /** All of it in one sentence or two. */
  readonly message: string
}

export interface Misfit {
  readonly path: string
  /** How it was written where `path` was not: a variable of the environment. */
  readonly name: string
  readonly expected: string
  readonly found: string
  readonly hint: string | null
}

/** "train.epochs must be a whole number from 1 to 1000, found -1 (params.yaml)" */
export function misfitProblem(misfit: Misfit, origin: LayerName): ParamProblem {
  const { path, name, expected, found, hint } = misfit
  const sentence = `${path} must be ${expected}, found ${found}${placeInBrackets(path, name, origin)}`
  return { path, expected, found, hint, origin, message: withHint(sentence, hint) }
}

/** "train.epoch is not a parameter of this studio (params.yaml). Did you mean train.epochs?" */
export function unknownProblem(path: string, name: string, origin: LayerName): ParamProblem {
  const refused = path.split('.').some((part) => REFUSED_NAMES.has(part))
  const hint = refused ? 'Take it out.' : suggestion(path)
  const sentence = `${path} is not a parameter of this studio${placeInBrackets(path, name, origin)}`
  return {
    path,
    expected: 'a parameter of this studio',
    found: shown(path),
    hint,
    origin,
    message: withHint(sentence, hint),
  }
}

/** Names that would reach an object's prototype if a careless program copied them. */
const REFUSED_NAMES = new Set(['__proto__', 'constructor', 'prototype'])

function placeInBrackets(path: string, name: string, origin: LayerName): string {
  const place = name === path ? placeName(origin) : name
  return place === path ? '' : ` (${place})`
}

function withHint(sentence: string, hint: string | null): string {
  return hint === null ? sentence : `${sentence}. ${hint}`
}

function suggestion(path: string): string {
  const [section = '', key] = path.split('.')
  const rules = [...PARAM_RULES.values()]
  const sameKey = rules.find((rule) => rule.key === (key ?? section))
  const meant = sameKey?.path ?? nearest(path, [...PARAM_RULES.keys(), ...SECTIONS])
  if (meant !== null) return `Did you mean ${meant}?`
  const keys = rules.filter((rule) => rule.section === section).map((rule) => rule.key)
  return keys.length > 0 ? `${section} has ${keys.join(', ')}.` : `Sections are ${SECTIONS.join(', ')}.`
}

/** Where a layer stands, for people. */
export function placeName(origin: LayerName): string {
  switch (origin) {
    case 'params.yaml':
      return 'params.yaml'
    case 'environment':
      return 'the environment'
    case 'url':
      return "the page's address"
    case 'set':
      return '--set'
    case 'form':
      return 'the form'
  }
}

/** A foreign value in a message: short, and quoted where it is a text. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value)
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  return typeof value === 'object' ? 'a section' : `a ${typeof value}`
}
