import type { Sha256 } from '../ids'
import { parseSha256, toHex } from '../ids'

// The domain's type library has no Web Crypto; the runtime of its tests has.
declare const crypto: {
  readonly subtle: { digest(algorithm: 'SHA-256', bytes: Uint8Array): Promise<ArrayBuffer> }
}

/** The digest a host passes in, for tests. */
export async function sha256(bytes: Uint8Array): Promise<Sha256> {
  return parseSha256(toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))))
}
