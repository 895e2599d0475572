// `npm run studio -- COMMAND …`: makes sure that packages and kernels are there, then becomes the headless studio.
import { runCommand } from './main.mjs'
import { absolute, ensureInstalled, ensureKernels } from './prepare.mjs'

await runCommand(async () => {
  ensureInstalled()
  ensureKernels()
  // A folder named on the command line is meant from where the command was typed, not from the repository's root.
  if (process.env['MNIST_DIR']) process.env['MNIST_DIR'] = absolute(process.env['MNIST_DIR'])
  const { register } = await import('tsx/esm/api')
  register()
  // In this process, not in a child: a signal then has one receiver, and the exit code is the studio's own.
  await import('../headless/studio.ts')
})
