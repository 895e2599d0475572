/** The service worker's half of the inference API in the page: hands what it caught to a page of the studio, which has a model. */
import { MAX_BODY } from '../../src/domain/serving/limits'
import { isApiPath } from '../../src/domain/serving/routes'
import type { ApiCall, ApiReply, RelayedCall, RelayedReply } from '../../src/protocol/serving'
import { tooLarge } from '../serving/body'
import { staticAnswer } from '../serving/handle'
import { refusal } from '../serving/http'

/** A page that lives says so at once; one that was just closed never does. */
const TAKEN_MS = 2_000
/** A model may have to be loaded first. */
const REPLY_MS = 30_000

/** What is needed of a client of the service worker. */
export interface RelayPage {
  readonly url: string
  postMessage(message: unknown, transfer: Transferable[]): void
}

/** Whether the API answers this request rather than the cache or the network. */
export function isApiRequest(url: string, origin: string): boolean {
  const { origin: target, pathname } = new URL(url)
  return target === origin && isApiPath(pathname)
}

/** Answers one request. @param pages those that may have a model, the likeliest first */
export async function answerInPage(
  request: Request,
  pages: () => Promise<readonly RelayPage[]>,
): Promise<Response> {
  const { pathname } = new URL(request.url)
  const { method } = request
  const fixed = staticAnswer({ method, path: pathname })
  if (fixed !== null) return responseOf(fixed, method)
  const body = new Uint8Array(await request.arrayBuffer())
  if (body.length > MAX_BODY) return responseOf(tooLarge(body.length, MAX_BODY).answer, method)
  const call: ApiCall = { method, path: pathname, contentType: request.headers.get('content-type'), body }
  for (const page of await pages()) {
    // The description of the API is a page, too, but none that could answer.
    if (isApiPath(new URL(page.url).pathname)) continue
    const reply = await ask(page, call)
    if (reply !== null) return responseOf(reply, method)
  }
  const reason = 'No page of the studio is open to answer: open it in another tab, and ask again'
  return responseOf(refusal(503, reason), method)
}

/** Null when the page is not there any more. */
function ask(page: RelayPage, call: ApiCall): Promise<ApiReply | null> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    let timer = setTimeout(() => settle(null), TAKEN_MS)
    function settle(reply: ApiReply | null): void {
      clearTimeout(timer)
      port1.close()
      resolve(reply)
    }
    port1.onmessage = ({ data }: MessageEvent<RelayedReply>) => {
      if (data.kind === 'reply') return settle(data.reply)
      clearTimeout(timer)
      timer = setTimeout(
        () => settle(refusal(503, `The page did not answer within ${REPLY_MS / 1000} s: reload it`)),
        REPLY_MS,
      )
    }
    page.postMessage({ kind: 'api-call', call } satisfies RelayedCall, [port2])
  })
}

function responseOf({ status, headers, body }: ApiReply, method: string): Response {
  return new Response(method === 'HEAD' ? null : body, { status, headers })
}
