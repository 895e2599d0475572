// `npm run build:wasm`: compiles the AssemblyScript kernels, twice from one source: with relaxed SIMD and without it.
// Does nothing when the modules there were made from these sources.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDER = join(ROOT, 'workers/engine/wasm')
const NOTE = join(ROOT, '.cache/build-wasm.json')
const OPTIONS = [
  '--runtime=stub',
  '-O3',
  '--noAssert',
  '--importMemory',
  '--sharedMemory',
  '--initialMemory=1',
  '--maximumMemory=65536',
  '--use=abort=',
  '--enable=simd',
  '--enable=threads',
]
const BUILDS = [
  { file: 'kernels.simd.wasm', options: [] },
  { file: 'kernels.relaxed-simd.wasm', options: ['--enable=relaxed-simd'] },
]

function sourcesDigest() {
  const hash = createHash('sha256')
    .update(JSON.stringify([OPTIONS, BUILDS]))
    .update(readFileSync(join(ROOT, 'node_modules/assemblyscript/package.json')))
  const folder = join(FOLDER, 'assembly')
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)))
  return hash.digest('hex')
}

function isUpToDate(/** @type {string} */ sources) {
  if (!BUILDS.every(({ file }) => existsSync(join(FOLDER, file)))) return false
  return existsSync(NOTE) && JSON.parse(readFileSync(NOTE, 'utf8')).sources === sources
}

const sources = sourcesDigest()
if (!isUpToDate(sources)) {
  process.stderr.write('Compiling the kernels to WebAssembly …\n')
  // Loaded only now: the compiler takes longer to load than to find that there is nothing to do.
  const { default: asc } = await import('assemblyscript/asc')
  for (const { file, options } of BUILDS) {
    const output = join('workers/engine/wasm', file)
    const { error } = await asc.main(
      [
        'workers/engine/wasm/assembly/index.ts',
        '--baseDir',
        ROOT,
        '--outFile',
        output,
        ...OPTIONS,
        ...options,
      ],
      { stderr: process.stderr },
    )
    if (error) {
      process.stderr.write(`${file} did not compile: ${error.message}\n`)
      process.exit(1)
    }
  }
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  writeFileSync(NOTE, JSON.stringify({ sources }))
}
