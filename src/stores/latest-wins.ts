/** A queue of one: while a request is under way only the newest item waits, and items between are dropped. */
export interface LatestWins<Item> {
  /** Sends the item now, or lets it wait in place of the one that waited. */
  offer(item: Item): void
  /** Tells that a request was answered; call {@link resume} next. False when nobody waits for that answer any more. */
  settle(request: number): boolean
  /** Sends what waits, unless a request is under way. */
  resume(): void
  /** Forgets what waits and what is under way: a late answer is then refused by {@link settle}. */
  forget(): void
}

/** `send` posts an item under a request number and says whether it could. */
export function latestWins<Item>(send: (item: Item, request: number) => boolean): LatestWins<Item> {
  let inFlight: number | null = null
  let waiting: { readonly item: Item } | null = null
  let last = 0

  function resume(): void {
    if (inFlight !== null || waiting === null) return
    if (!send(waiting.item, last + 1)) return
    inFlight = ++last
    waiting = null
  }

  return {
    offer(item) {
      waiting = { item }
      resume()
    },
    settle(request) {
      if (request !== inFlight) return false
      inFlight = null
      return true
    },
    resume,
    forget() {
      inFlight = null
      waiting = null
    },
  }
}
