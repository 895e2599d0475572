import { PrepareError, say } from './prepare.mjs'

/** Runs a command; an expected failure ends it with its sentence, a bug with its stack. @param {() => Promise<void>} work */
export async function runCommand(work) {
  try {
    await work()
  } catch (error) {
    say(error instanceof PrepareError ? error.message : String(error instanceof Error ? error.stack : error))
    process.exit(1)
  }
}
