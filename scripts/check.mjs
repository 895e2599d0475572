// `npm run check`: types, lint, layers, dead code, format. One after another, all of them, then the verdict.
import { spawnSync } from 'node:child_process'

const CHECKS = [
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  {
    name: 'layers',
    command: [
      'depcruise',
      'src',
      'workers',
      'headless',
      'e2e',
      'scripts',
      '--config',
      '.dependency-cruiser.mjs',
    ],
  },
  { name: 'dead code', command: ['knip'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
]

/** @type {string[]} */
const failed = []
for (const { name, command } of CHECKS) {
  const started = performance.now()
  const { status } = spawnSync('npx', ['--no-install', ...command], { stdio: 'inherit' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (status !== 0) failed.push(name)
}
if (failed.length > 0) {
  console.log(`check failed: ${failed.join(', ')}`)
  process.exit(1)
}
