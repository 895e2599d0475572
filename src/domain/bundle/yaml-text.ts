import type { JsonValue } from '../registry/canonical-json'

/**
 * A value as block-style YAML that readers of YAML 1.1 and 1.2 take alike: texts are in double quotes, and a number with an
 * exponent has a point.
 */
export function yamlText(value: JsonValue): string {
  return `${block(value, '').trimStart()}\n`
}

function block(value: JsonValue, indent: string): string {
  if (value === null || typeof value !== 'object') return ` ${scalar(value)}`
  if (isList(value)) {
    if (value.length === 0) return ' []'
    return value.map((item) => `\n${indent}-${nested(item, indent)}`).join('')
  }
  const members = Object.entries(value)
  if (members.length === 0) return ' {}'
  return members.map(([key, item]) => `\n${indent}${keyText(key)}:${nested(item, indent)}`).join('')
}

function nested(item: JsonValue, indent: string): string {
  return block(item, `${indent}  `)
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function keyText(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? key : JSON.stringify(key)
}

function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'number') return JSON.stringify(value)
  const text = String(value)
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text
}
