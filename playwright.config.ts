import { defineConfig } from 'playwright/test'

/** Another pair of ports for a second checkout. */
const PORT = Number(process.env['E2E_PORT'] ?? 4273)
const PORT_WITHOUT_DATA = PORT + 1

/** The system's Chromium where the caller names one, else Playwright's own. */
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

function server(port: number, flag: string) {
  return {
    command: `node scripts/preview.mjs --port ${port} ${flag}`,
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
    timeout: 60_000,
  }
}

/**
 * Journeys run in real Chromium against the built studio (`npm run build`), served with production headers, beside MNIST
 * (where `npm test` found it) and without any data. Ports differ from `npm start`'s, so that both can run.
 */
export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  outputDir: 'test-results',
  webServer: [server(PORT, ''), server(PORT_WITHOUT_DATA, '--no-data')],
  use: {
    baseURL: `http://localhost:${PORT}`,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--enable-unsafe-webgpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--no-first-run',
      ],
    },
  },
})
