/**
 * The page's only Trusted Types policy. The response header asks for one (`require-trusted-types-for 'script'`), and named
 * `default` it also judges every plain string that reaches such a place. It lets worker scripts of this origin pass and refuses
 * all else, so that no text can ever become markup or code here.
 */

interface DefaultPolicy {
  createHTML(text: string): string
  createScript(text: string): string
  createScriptURL(text: string): string
}

interface TrustedTypesWindow {
  readonly trustedTypes?: { createPolicy(name: 'default', policy: DefaultPolicy): unknown }
}

/** A worker's address, if it lies on this origin. @throws TypeError for any other. */
export function sameOriginScript(address: string, page: string): string {
  const url = new URL(address, page)
  if (url.origin !== new URL(page).origin)
    throw new TypeError(
      `a script must come from ${new URL(page).origin}, found ${url.origin}: serve it from this site`,
    )
  return url.href
}

function refuse(what: string): (text: string) => never {
  return (text) => {
    throw new TypeError(`${what} from text is refused: found ${JSON.stringify(text.slice(0, 60))}`)
  }
}

function installPolicy(page: TrustedTypesWindow): void {
  page.trustedTypes?.createPolicy('default', {
    createHTML: refuse('markup'),
    createScript: refuse('code'),
    createScriptURL: (address) => sameOriginScript(address, document.baseURI),
  })
}

if (typeof document !== 'undefined') installPolicy(window as TrustedTypesWindow)
