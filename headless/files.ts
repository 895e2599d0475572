import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open, mkdir, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { done, type Result, usage } from './problem'

/** Content by path relative to the results folder. */
export type Outputs = ReadonlyMap<string, string | Uint8Array>

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/**
 * Writes several files as one: all are on disk under other names before the first takes its place, so that a full disk or a
 * kill leaves the old results whole. They take their places in the order given: the one that vouches for the rest comes last.
 */
export async function writeAtomically(folder: string, outputs: Outputs): Promise<void> {
  for (const [name, content] of outputs) {
    const file = join(folder, name)
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(`${file}.new`, 'w')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
  for (const name of outputs.keys()) await rename(join(folder, `${name}.new`), join(folder, name))
}

/** The bytes of a file; a missing one is an answer with the way out. */
export async function readOutput(folder: string, name: string, wayOut: string): Promise<Result<Buffer>> {
  try {
    return done(await readFile(join(folder, name)))
  } catch (error) {
    return usage('not-found', `${join(folder, name)} could not be read (${reasonOf(error)}). ${wayOut}`)
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Takes a results folder for this process. @returns the function that lets go of it. */
export function holdFolder(folder: string): Result<() => void> {
  const lock = join(folder, '.studio.lock')
  try {
    mkdirSync(folder, { recursive: true })
    const owner = readOwner(lock)
    if (owner !== null && isAlive(owner))
      return usage(
        'busy',
        `Another studio command (process ${owner}) is writing to ${folder}. Wait for it, or choose another --out.`,
      )
    rmSync(lock, { force: true })
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
  } catch (error) {
    return usage('bad-input', `${folder} cannot take results (${reasonOf(error)}). Choose another --out.`)
  }
  return done(() => rmSync(lock, { force: true }))
}

function readOwner(lock: string): number | null {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch {
    return null
  }
}
