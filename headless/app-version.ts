import { readFileSync } from 'node:fs'

/** The version in package.json, which the page's build carries too. */
export const APP_VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version
