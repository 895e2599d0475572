// Puts the four MNIST files where the page looks for them: public/data/mnist. Never committed.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { absolute, PrepareError, ROOT, say } from './prepare.mjs'

/** The original files and the SHA-256 of their published .gz form. */
const FILES = [
  ['train-labels-idx1-ubyte', '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c'],
  ['t10k-labels-idx1-ubyte', 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6'],
  ['t10k-images-idx3-ubyte', '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6'],
  ['train-images-idx3-ubyte', '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609'],
]

const MIRRORS = [
  'https://cdn.jsdelivr.net/gh/fgnt/mnist',
  'https://storage.googleapis.com/cvdf-datasets/mnist',
  'https://ossci-datasets.s3.amazonaws.com/mnist',
]

/** The whole download of one file; the first, a small one, shows within this time whether there is a network at all. */
const FIRST_TIMEOUT_MS = 5_000
const TIMEOUT_MS = 60_000

export const PUBLIC_MNIST = join(ROOT, 'public/data/mnist')

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Whether all four files lie in a folder under their published names. @param {string} folder */
function isComplete(folder) {
  return FILES.every(([name]) => existsSync(join(folder, `${name}.gz`)))
}

/** @param {string} file @param {Uint8Array} bytes */
function writeWhole(file, bytes) {
  writeFileSync(`${file}.part`, bytes)
  renameSync(`${file}.part`, file)
}

/** @param {string} folder */
function copyFrom(folder) {
  let published = true
  const found = FILES.map(([name = '', digest]) => {
    const packed = join(folder, `${name}.gz`)
    const plain = join(folder, name)
    if (existsSync(packed)) {
      published &&= sha256(readFileSync(packed)) === digest
      return { name, packed, plain: undefined }
    }
    if (existsSync(plain)) return { name, packed: undefined, plain }
    throw new PrepareError(
      `MNIST_DIR names ${folder}, where ${name}.gz (or ${name}) is missing. ` +
        'Four files are needed: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte.',
    )
  })
  mkdirSync(PUBLIC_MNIST, { recursive: true })
  for (const { name, packed, plain } of found) {
    const target = join(PUBLIC_MNIST, `${name}.gz`)
    // Read and written, not copied: a read-only original must not make a read-only copy.
    if (packed) writeWhole(target, readFileSync(packed))
    else if (plain) writeWhole(target, gzipSync(readFileSync(plain)))
  }
  say(`Digits: the four files of ${folder}${published ? ' (the published MNIST)' : ''}.`)
}

/** @param {string} name @param {string} digest @param {number} timeout @returns {Promise<Uint8Array | null>} */
async function download(name, digest, timeout) {
  for (const mirror of MIRRORS) {
    try {
      const response = await fetch(`${mirror}/${name}.gz`, { signal: AbortSignal.timeout(timeout) })
      if (!response.ok) continue
      const bytes = new Uint8Array(await response.arrayBuffer())
      if (sha256(bytes) === digest) return bytes
      say(`${mirror}/${name}.gz is not the published file (its SHA-256 differs); trying the next mirror.`)
    } catch {
      // Unreachable or too slow: the next mirror is the answer, and after the last the built-in digits.
    }
  }
  return null
}

/**
 * MNIST from MNIST_DIR, else what lies in public/data/mnist, else a download checked by SHA-256, else nothing: the studio
 * then works on its built-in digits.
 * @param {{ download: boolean }} options
 * @throws PrepareError when MNIST_DIR names a folder that lacks a file.
 */
export async function ensureMnist(options) {
  const folder = process.env['MNIST_DIR']
  if (folder) return copyFrom(absolute(folder))
  if (isComplete(PUBLIC_MNIST)) return say('Digits: MNIST in public/data/mnist.')
  if (!options.download) return say('Digits: the built-in ones (MNIST_DIR is not set).')
  say('Digits: downloading MNIST (11 MB, checked by SHA-256) …')
  /** @type {[string, Uint8Array][]} */
  const files = []
  for (const [name = '', digest = ''] of FILES) {
    const bytes = await download(name, digest, files.length === 0 ? FIRST_TIMEOUT_MS : TIMEOUT_MS)
    if (!bytes)
      return say('Digits: MNIST could not be downloaded; the studio will make its own built-in digits.')
    files.push([name, bytes])
  }
  mkdirSync(PUBLIC_MNIST, { recursive: true })
  for (const [name, bytes] of files) writeWhole(join(PUBLIC_MNIST, `${name}.gz`), bytes)
}
