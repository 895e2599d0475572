// `npm start`: from a fresh clone to a served studio, by itself. Prints one line on stdout: the address, once it answers.
import { createServer } from 'node:net'
import { runCommand } from './main.mjs'
import { ensureMnist } from './mnist.mjs'
import { ensureInstalled, ensureKernels, PrepareError } from './prepare.mjs'

const PORT = 4173

/** Fails before minutes of work, not after. @returns {Promise<void>} */
function requireFreePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => {
      const inUse = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE'
      const message = inUse
        ? `Port ${PORT} is already in use: perhaps the studio runs already at http://localhost:${PORT}? Stop what uses it and try again.`
        : `Port ${PORT} cannot be used: ${error.message}`
      reject(new PrepareError(message))
    })
    probe.listen(PORT, 'localhost', () => probe.close(() => resolve()))
  })
}

await runCommand(async () => {
  await requireFreePort()
  ensureInstalled()
  ensureKernels()
  await ensureMnist({ download: true })
  const { buildStudio } = await import('./build.mjs')
  await buildStudio()
  const { servePreview } = await import('./preview.mjs')
  const server = await servePreview({ port: PORT, withData: true })
  const { ok, status } = await fetch(server.url)
  if (!ok) throw new PrepareError(`The server answered ${status} instead of the studio.`)
  console.log(server.url)
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => void server.close().finally(() => process.exit(0)))
})
