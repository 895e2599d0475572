// `npm test`: installs what is missing, then every check and test. The last line sums them: `N passed, N failed[, N skipped]`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './main.mjs'
import { ensureMnist } from './mnist.mjs'
import { absolute, ensureChromium, ensureInstalled, ensureKernels, ensureNginx, ROOT } from './prepare.mjs'

const REPORTS = join(ROOT, '.cache/reports')

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** A part of the run that has no tests of its own counts as one failure when it fails. */
const ONE_FAILURE = { passed: 0, failed: 1, skipped: 0 }
const NOTHING = { passed: 0, failed: 0, skipped: 0 }

/** @param {string} script @param {readonly string[]} args */
function runNode(script, args) {
  return spawnSync(process.execPath, [script, ...args], { cwd: ROOT, stdio: 'inherit' }).status === 0
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** @returns {Counts} */
function vitest() {
  const file = join(REPORTS, 'vitest.json')
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const ok = runNode('node_modules/vitest/vitest.mjs', args)
  const report = readReport(file)
  if (!report) return ONE_FAILURE
  // A file that fails before its first test has no failed test to count.
  const brokenFiles = report.testResults.filter(
    (
      /** @type {{ status: string, assertionResults: { status: string }[] }} */ { status, assertionResults },
    ) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = report.numFailedTests + brokenFiles
  return {
    passed: report.numPassedTests,
    failed: ok ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** @returns {Counts} */
function journeys() {
  const file = join(REPORTS, 'playwright.json')
  process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] = file
  const ok = runNode('node_modules/playwright/cli.js', ['test', '--reporter=list,json'])
  const report = readReport(file)
  if (!report) return ONE_FAILURE
  const { expected, unexpected, flaky, skipped } = report.stats
  const failed = unexpected + flaky
  return { passed: expected, failed: ok ? failed : Math.max(failed, 1), skipped }
}

/** @type {{ name: string, work: () => Counts | Promise<Counts> }[]} */
const SECTIONS = [
  { name: 'checks', work: () => (runNode('scripts/check.mjs', []) ? NOTHING : ONE_FAILURE) },
  { name: 'unit tests', work: vitest },
  { name: 'build', work: () => (runNode('scripts/build.mjs', []) ? NOTHING : ONE_FAILURE) },
  { name: 'journeys', work: journeys },
]

await runCommand(async () => {
  const started = performance.now()
  ensureInstalled()
  process.env['CHROMIUM_PATH'] = ensureChromium()
  const nginx = ensureNginx()
  if (nginx) process.env['NGINX_PATH'] = nginx
  ensureKernels()
  if (process.env['MNIST_DIR']) process.env['MNIST_DIR'] = absolute(process.env['MNIST_DIR'])
  await ensureMnist({ download: false })
  rmSync(REPORTS, { recursive: true, force: true })
  mkdirSync(REPORTS, { recursive: true })

  const total = { ...NOTHING }
  const lines = [`prepared in ${secondsSince(started)} s`]
  for (const { name, work } of SECTIONS) {
    const begun = performance.now()
    const counts = await work()
    total.passed += counts.passed
    total.failed += counts.failed
    total.skipped += counts.skipped
    lines.push(`${counts.failed === 0 ? 'ok    ' : 'FAILED'} ${name} in ${secondsSince(begun)} s`)
    console.log(lines.at(-1))
  }
  console.log(`\n${lines.join('\n')}`)
  const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
  process.exitCode = total.failed === 0 ? 0 : 1
})

/** @param {number} start */
function secondsSince(start) {
  return ((performance.now() - start) / 1000).toFixed(1)
}
