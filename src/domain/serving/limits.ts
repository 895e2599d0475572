/** What one request may hold. Larger ones are refused before they are read. */

/** Digits of one request. */
export const MAX_BATCH = 256
/** Bytes of a body with one digit: 784 long decimals and room for spaces. */
export const MAX_SINGLE_BODY = 256 * 1024
/** Bytes of any other body. */
export const MAX_BODY = 8 * 1024 * 1024
/** Levels of arrays and objects in a body: the deepest known request has seven. */
export const MAX_DEPTH = 12
