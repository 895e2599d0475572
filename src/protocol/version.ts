/** Raised whenever a message changes shape: a page and a worker of different builds refuse each other. */
export const PROTOCOL_VERSION = 5

/** The first message in each direction. */
export interface Hello {
  readonly kind: 'hello'
  readonly protocol: number
}
