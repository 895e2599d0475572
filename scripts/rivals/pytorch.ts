import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('pytorch.py', import.meta.url))

/** A PyTorch process that waits for its turns. */
export interface Torch {
  /** Passes a question on. @returns what the program answered @throws Error when it ended instead, with its last words */
  ask(question: unknown): Promise<unknown>
  end(): void
}

/** @param python an interpreter that has torch */
export function startTorch(python: string, threads: number, batch: number): Torch {
  const child = spawn(python, [SCRIPT, `${threads}`, `${batch}`], { stdio: ['pipe', 'pipe', 'pipe'] })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let complaint = ''
  child.stderr.on('data', (text: Buffer) => (complaint = `${complaint}${text.toString()}`.slice(-2000)))
  const failed = new Promise<never>((_, reject) => child.on('error', reject))
  // Nobody may be waiting yet when it fails to start.
  failed.catch(() => undefined)

  async function ask(question: unknown): Promise<unknown> {
    child.stdin.write(`${JSON.stringify(question)}\n`)
    const answer = await Promise.race([answers.next(), failed])
    if (answer.done === true) throw new Error(`${python} ended: ${complaint.trim() || 'it said nothing'}`)
    return JSON.parse(answer.value) as unknown
  }

  return { ask, end: () => endProcess(child) }
}

function endProcess(child: ChildProcess): void {
  child.stdin?.end()
  child.kill()
}
