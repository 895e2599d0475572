export type ReadTags =
  | { readonly ok: true; readonly tags: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly message: string }

/** Tags as a person writes them: one a line, `key=value`; a key without a value is a label. */
export function readTags(text: string): ReadTags {
  const tags: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const trimmed = line.trim()
    if (trimmed === '') continue
    const equals = trimmed.indexOf('=')
    const key = (equals < 0 ? trimmed : trimmed.slice(0, equals)).trim()
    if (key === '')
      return { ok: false, message: `A tag is written key=value, found ${JSON.stringify(trimmed)}.` }
    if (Object.hasOwn(tags, key))
      return { ok: false, message: `The tag ${key} stands there twice. Take one away.` }
    tags[key] = equals < 0 ? '' : trimmed.slice(equals + 1).trim()
  }
  return { ok: true, tags }
}

/** The same tags as text again. */
export function tagLines(tags: Readonly<Record<string, string>>): string {
  return Object.keys(tags)
    .map((key) => tagText(key, tags[key] ?? ''))
    .join('\n')
}

export function tagText(key: string, value: string): string {
  return value === '' ? key : `${key}=${value}`
}
