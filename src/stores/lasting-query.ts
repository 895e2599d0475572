import { isClosedError } from '../storage/errors'

/**
 * Asks so that, once the database was closed under this page (a newer tab upgraded it, the site's data were cleared), the same
 * question goes on being answered as it was last; another one is not answered, with `undefined`. The page says what happened and
 * asks for a reload, and keeps showing what it showed.
 */
export function lasting<Answer>(): (
  question: string,
  query: () => Promise<Answer>,
) => Promise<Answer | undefined> {
  let last: { readonly question: string; readonly answer: Answer } | null = null
  return async (question, query) => {
    try {
      const answer = await query()
      last = { question, answer }
      return answer
    } catch (error) {
      if (!isClosedError(error)) throw error
      return last?.question === question ? last.answer : undefined
    }
  }
}
