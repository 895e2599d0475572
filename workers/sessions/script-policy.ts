/**
 * The page's policy on scripts (src/app/trusted-types.ts) for a worker that starts workers: its own answer headers ask for one
 * as well. Scripts of this origin pass, everything else is refused.
 */

interface DefaultPolicy {
  createScriptURL(text: string): string
}

interface TrustedTypesScope {
  readonly location: { readonly href: string }
  readonly trustedTypes?: { createPolicy(name: 'default', policy: DefaultPolicy): unknown }
}

/** A script's address, if it lies on this origin. @throws TypeError for any other. */
export function sameOriginScript(address: string, from: string): string {
  const url = new URL(address, from)
  if (url.origin !== new URL(from).origin)
    throw new TypeError(
      `a script must come from ${new URL(from).origin}, found ${url.origin}: serve it from this site`,
    )
  return url.href
}

/** To be called once by a worker's entry, before the first nested worker. */
export function allowOwnScripts(scope: TrustedTypesScope): void {
  scope.trustedTypes?.createPolicy('default', {
    createScriptURL: (address) => sameOriginScript(address, scope.location.href),
  })
}
