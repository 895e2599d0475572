// `npm run studio -- COMMAND …`: makes sure that packages and kernels are there, then runs the headless studio.
import { spawnSync } from 'node:child_process'
import { ensureInstalled, ensureKernels } from './prepare.mjs'

ensureInstalled()
ensureKernels()
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', 'headless/studio.ts', ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
