import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'src/**/*.test.tsx',
      'workers/**/*.test.ts',
      'headless/**/*.test.ts',
      'deploy/**/*.test.ts',
    ],
    environment: 'node',
    // Training tests are arithmetic, not waiting: the limit is for a hang, also on a machine that does ten other things.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
