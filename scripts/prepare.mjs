// What the commands need before they can work: packages, kernels, a browser, digits. Runs before node_modules exists, so
// it imports Node only. Everything here reports on stderr: stdout belongs to the command.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LOCK = join(ROOT, '.cache/prepare.lock')

/** A failure that has a sentence for the person at the terminal and needs no stack. */
export class PrepareError extends Error {}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/**
 * Runs a command with its output on stderr.
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2] })
  if (error) return { ok: false, reason: error.message }
  return { ok: status === 0, reason: `it ended with exit code ${status}` }
}

/** @param {string} name */
function onPath(name) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .concat('/usr/sbin', '/usr/local/sbin')
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file))
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** A lock whose owner is dead, or which never got an owner's name. @param {string} ownerFile */
function isAbandoned(ownerFile) {
  try {
    if (existsSync(ownerFile)) return !isAlive(Number(readFileSync(ownerFile, 'utf8')))
    return Date.now() - statSync(LOCK).mtimeMs > 10_000
  } catch {
    // The owner let go while we looked.
    return false
  }
}

/**
 * Two commands started at once must not install into one folder: the second waits for the first. A lock whose owner has
 * died is taken over.
 * @param {() => void} work
 */
function alone(work) {
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  const ownerFile = join(LOCK, 'pid')
  // Preparing is synchronous, so that it can stand before any import; waiting has to be as well.
  const wait = new Int32Array(new SharedArrayBuffer(4))
  for (let told = false; ;) {
    try {
      mkdirSync(LOCK)
      break
    } catch {
      if (isAbandoned(ownerFile)) {
        rmSync(LOCK, { recursive: true, force: true })
        continue
      }
      if (!told) say('Another command of this folder is preparing it; waiting for it to finish …')
      told = true
      Atomics.wait(wait, 0, 0, 300)
    }
  }
  try {
    writeFileSync(ownerFile, String(process.pid))
    work()
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockedPackage */

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
function lockedPackages(file) {
  if (!existsSync(file)) return undefined
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

/** npm notes what it installed in node_modules/.package-lock.json, as its last act: that note against the lockfile decides. */
function isInstalled() {
  const wanted = lockedPackages(join(ROOT, 'package-lock.json'))
  const found = lockedPackages(join(ROOT, 'node_modules/.package-lock.json'))
  if (!wanted) throw new PrepareError('package-lock.json is missing: the checkout is not complete.')
  if (!found) return false
  const missing = Object.entries(wanted).some(([path, { version, integrity, optional, devOptional }]) => {
    if (path === '') return false
    const there = found[path]
    // Packages for other platforms are optional and rightly absent.
    if (!there) return !optional && !devOptional
    return there.version !== version || there.integrity !== integrity
  })
  return !missing && Object.keys(found).every((path) => path in wanted)
}

/** Installs the packages of package-lock.json unless exactly they are there. @throws PrepareError */
export function ensureInstalled() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (!((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22))
    throw new PrepareError(`Node 20.19 or newer, or 22.12 or newer, is needed; this is ${process.version}.`)
  if (isInstalled()) return
  alone(() => {
    if (isInstalled()) return
    say('Installing packages (once, or after an update) …')
    const npm = process.env['npm_execpath']
    const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
    // A NODE_ENV of production would leave out what builds and tests.
    const args = ['ci', '--ignore-scripts', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund']
    const { ok, reason } = run(command, [...first, ...args])
    if (!ok)
      throw new PrepareError(
        `Packages could not be installed: ${reason}. npm's own message stands above; is the network there?`,
      )
  })
}

/** Builds the WebAssembly kernels unless those there were made from these sources. @throws PrepareError */
export function ensureKernels() {
  alone(() => {
    const { ok, reason } = run(process.execPath, ['scripts/build-wasm.mjs'])
    if (!ok) throw new PrepareError(`The kernels did not compile: ${reason}.`)
  })
}

/** @param {readonly string[]} packages Debian's names. */
function installFromDebian(packages) {
  const apt = onPath('apt-get')
  if (!apt || process.getuid?.() !== 0) return false
  say(`Installing ${packages.join(' and ')} from the system's packages …`)
  process.env['DEBIAN_FRONTEND'] ??= 'noninteractive'
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  return run(apt, ['update', '-qq']).ok && run(apt, install).ok
}

function findChromium() {
  const named = process.env['CHROMIUM_PATH']
  if (named) {
    if (existsSync(named)) return named
    throw new PrepareError(`CHROMIUM_PATH names ${named}, which does not exist. Correct it, or unset it.`)
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const system = names.map(onPath).find((file) => file !== undefined)
  if (system) return system
  const own = createRequire(import.meta.url)('playwright').chromium.executablePath()
  return existsSync(own) ? own : undefined
}

/** The path of a Chromium, installed where there was none. Needs the packages. @returns {string} @throws PrepareError */
export function ensureChromium() {
  const found = findChromium()
  if (found) return found
  if (!installFromDebian(['chromium', 'fonts-liberation'])) {
    say('Downloading a Chromium for the tests …')
    run(process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium'])
  }
  const installed = findChromium()
  if (installed) return installed
  throw new PrepareError(
    'The tests drive Chromium, and none was found or could be installed. ' +
      'Install one, and name it in CHROMIUM_PATH where it is not on the PATH.',
  )
}

/** The path of an nginx, installed where it can be; null where there is none. @returns {string | null} */
export function ensureNginx() {
  const found = onPath('nginx')
  if (found) return found
  if (!installFromDebian(['nginx-light'])) return null
  return onPath('nginx') ?? null
}

/** @param {string} folder */
export function absolute(folder) {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), folder)
}
