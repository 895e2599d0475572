export interface Page {
  /** From 1; at least one page, even of nothing. */
  readonly page: number
  readonly pages: number
  /** First item, inclusive, and last, exclusive. */
  readonly from: number
  readonly to: number
}

/** The page nearest to the wanted one: addresses are typed by people. */
export function pageOf(count: number, size: number, wanted: number): Page {
  const pages = Math.max(1, Math.ceil(count / size))
  const page = Number.isInteger(wanted) ? Math.min(pages, Math.max(1, wanted)) : 1
  return { page, pages, from: Math.min(count, (page - 1) * size), to: Math.min(count, page * size) }
}
