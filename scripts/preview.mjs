// Serves the built studio with production headers, through Vite's preview server and the rules of deploy/serving-rules.ts.
// `node scripts/preview.mjs --port 4173 [--no-data]`: the journeys use it, with and without MNIST beside the page.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { PrepareError, ROOT } from './prepare.mjs'

/** @param {{ port: number, withData: boolean }} options */
export async function servePreview({ port, withData }) {
  if (!existsSync(join(ROOT, 'dist/index.html')))
    throw new PrepareError('There is no built studio in dist/. Run npm run build first.')
  process.env['VITE_CONFIG_NATIVE_IGNORE_WARNING'] = 'true'
  const { preview } = await import('vite')
  const server = await preview({
    root: ROOT,
    logLevel: 'warn',
    preview: { port, strictPort: true, host: 'localhost' },
    plugins: withData ? [] : [withoutData()],
  })
  return {
    url: `http://localhost:${port}`,
    async close() {
      // A page keeps its connections open; closing must not wait for them.
      if ('closeAllConnections' in server.httpServer) server.httpServer.closeAllConnections()
      await server.close()
    },
  }
}

/** A self-hosted studio that has no MNIST beside it. @returns {import('vite').Plugin} */
function withoutData() {
  return {
    name: 'without-data',
    enforce: 'pre',
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        // `/data` alone is the Data screen's address.
        if (!request.url?.startsWith('/data/')) return next()
        response.statusCode = 404
        response.end()
      })
    },
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '4173' }, 'no-data': { type: 'boolean', default: false } },
  })
  const server = await servePreview({ port: Number(values.port), withData: !values['no-data'] })
  console.log(server.url)
}
