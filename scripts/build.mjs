// `npm run build`: kernels, page, service worker, SHA256SUMS, and the budget of the first load.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { runCommand } from './main.mjs'
import { ensureInstalled, ensureKernels, PrepareError, ROOT } from './prepare.mjs'

const DIST = join(ROOT, 'dist')
const INITIAL_SCRIPT_LIMIT_KB = 200

/** Built files as paths relative to dist, `/`-separated and sorted. */
function builtFiles() {
  return readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(DIST, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/** @param {string} file @param {'hex' | 'base64'} encoding */
function sha256Of(file, encoding) {
  return createHash('sha256')
    .update(readFileSync(join(DIST, file)))
    .digest(encoding)
}

/** What the page may need offline: not the data, which storage keeps, nor the maps, nor tfjs, which few ask for. */
function precacheList() {
  const entries = builtFiles()
    .filter((file) => !file.endsWith('.map') && !/^(data\/|assets\/tfjs-)/.test(file))
    .map((file) => ({
      url: file === 'index.html' ? '/' : `/${file}`,
      integrity: `sha256-${sha256Of(file, 'base64')}`,
    }))
  const build = createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 16)
  return { build, entries }
}

/** @param {typeof import('vite').build} build */
async function buildServiceWorker(build) {
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    define: { __PRECACHE__: JSON.stringify(precacheList()) },
    build: {
      target: 'chrome120',
      outDir: DIST,
      emptyOutDir: false,
      rolldownOptions: {
        input: join(ROOT, 'workers/service-worker.ts'),
        output: { format: 'iife', entryFileNames: 'service-worker.js' },
      },
    },
  })
}

/** The scripts that the page fetches before it shows anything: its entry and what the entry imports at once. */
function initialScripts() {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8')
  const tags = html.matchAll(/<(?:script|link rel="modulepreload")[^>]*? (?:src|href)="\/([^"]+\.js)"/g)
  return [...tags].map(([, file = '']) => file)
}

/** @param {string} file */
function kilobytesGzipped(file) {
  return gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length / 1000
}

/** Prints what is fetched and when. @throws PrepareError when the first load is over its budget. */
function reportSizes() {
  const initial = new Set(initialScripts())
  if (initial.size === 0) throw new PrepareError('dist/index.html loads no script: the build is not usable.')
  const rows = builtFiles()
    .filter((file) => /\.(js|css|wasm)$/.test(file))
    .map((file) => ({ file, kilobytes: kilobytesGzipped(file), first: initial.has(file) }))
    .sort((a, b) => Number(b.first) - Number(a.first) || b.kilobytes - a.kilobytes)
  const total = rows.filter(({ first }) => first).reduce((sum, { kilobytes }) => sum + kilobytes, 0)
  console.error('   kB gzip  file')
  for (const { file, kilobytes, first } of rows)
    console.error(`${kilobytes.toFixed(1).padStart(10)}  ${file}${first ? '  (first load)' : ''}`)
  console.error(
    `${total.toFixed(1).padStart(10)}  scripts of the first load, of ${INITIAL_SCRIPT_LIMIT_KB} allowed`,
  )
  if (total > INITIAL_SCRIPT_LIMIT_KB)
    throw new PrepareError(
      `The first load takes ${total.toFixed(1)} kB of script (gzip), over the limit of ${INITIAL_SCRIPT_LIMIT_KB}. ` +
        'Load what the first screen does not need with import().',
    )
}

function writeChecksums() {
  const lines = builtFiles()
    .filter((file) => file !== 'SHA256SUMS' && !file.startsWith('data/'))
    .map((file) => `${sha256Of(file, 'hex')}  ${file}\n`)
  writeFileSync(join(DIST, 'SHA256SUMS'), lines.join(''))
}

/** Builds the studio into dist/. Needs packages and kernels. @throws PrepareError */
export async function buildStudio() {
  // The configuration is TypeScript like all else; Vite's note about its future loader is no news at every build.
  process.env['VITE_CONFIG_NATIVE_IGNORE_WARNING'] = 'true'
  const { build } = await import('vite')
  await build({ root: ROOT, logLevel: 'warn' })
  await buildServiceWorker(build)
  writeChecksums()
  reportSizes()
}

if (argv[1] === fileURLToPath(import.meta.url))
  await runCommand(async () => {
    ensureInstalled()
    ensureKernels()
    await buildStudio()
  })
