import type { WireError } from './errors'
import type { Hello } from './version'

/** What the service worker caught: one HTTP request to the inference API. */
export interface ApiCall {
  /** Upper case. */
  readonly method: string
  readonly path: string
  readonly contentType: string | null
  readonly body: Uint8Array
}

export interface ApiReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** From the service worker to a page, with a port to answer on. */
export interface RelayedCall {
  readonly kind: 'api-call'
  readonly call: ApiCall
}

/** From the page to the service worker, on that port. */
export type RelayedReply =
  /** At once: the page lives and will answer, so no other page need be asked. */
  { readonly kind: 'taken' } | { readonly kind: 'reply'; readonly reply: ApiReply }

export type ServingCommand =
  Hello | { readonly kind: 'call'; readonly request: number; readonly call: ApiCall }

export type ServingMessage =
  | Hello
  | { readonly kind: 'reply'; readonly request: number; readonly reply: ApiReply }
  /** The call itself went wrong: a bug. */
  | { readonly kind: 'failed'; readonly request: number; readonly error: WireError }
  /** Answers were given but could not be kept. */
  | { readonly kind: 'not-logged'; readonly count: number; readonly error: WireError }
