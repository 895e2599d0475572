// `npm run bench:rivals`: for development; measures the studio beside other people's programs. See scripts/rivals/.
import { runCommand } from './main.mjs'
import { ensureInstalled, ensureKernels } from './prepare.mjs'

await runCommand(async () => {
  ensureInstalled()
  ensureKernels()
  const { register } = await import('tsx/esm/api')
  register()
  await import('./rivals/rivals.ts')
})
