/** A hidden page gets no animation frames, but its job goes on: then the timer commits instead. */
const HIDDEN_COMMIT_MS = 500

/**
 * Wraps a commit so that however often it is asked for, it runs at most once a frame: bursts from a worker never reach React
 * one by one.
 */
export function oncePerFrame(commit: () => void): () => void {
  let frame: number | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  function run(): void {
    if (frame !== null) cancelAnimationFrame(frame)
    if (timer !== null) clearTimeout(timer)
    frame = null
    timer = null
    commit()
  }
  return () => {
    if (frame !== null) return
    frame = requestAnimationFrame(run)
    timer = setTimeout(run, HIDDEN_COMMIT_MS)
  }
}
