import { readFileSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { parse } from 'yaml'
import { servingRules } from './deploy/serving-rules'

/** `import defaults from 'params.yaml'` becomes plain data at build time: the page ships no YAML parser. */
function yamlAsData(): Plugin {
  return {
    name: 'yaml-as-data',
    transform(code, id) {
      if (!id.endsWith('.yaml')) return null
      return { code: `export default ${JSON.stringify(parse(code))}`, map: null }
    },
  }
}

/** tfjs is told by its name: the offline cache leaves its megabytes out (scripts/build.mjs). */
function workerChunkName({ moduleIds }: { readonly moduleIds: readonly string[] }): string {
  const isTfjs = moduleIds.some((id) => id.includes('/@tensorflow/'))
  return isTfjs ? 'assets/tfjs-[hash].js' : 'assets/[name]-[hash].js'
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

export default defineConfig({
  plugins: [react(), yamlAsData(), servingRules()],
  define: { __APP_VERSION__: JSON.stringify(version) },
  worker: {
    format: 'es',
    plugins: () => [yamlAsData()],
    rolldownOptions: { output: { chunkFileNames: workerChunkName } },
  },
  build: { target: 'chrome120', assetsInlineLimit: 0, sourcemap: true },
  server: { port: 5173 },
  // `cors: false`: nobody else's page may read from a studio that runs on this machine.
  preview: { port: 4173, strictPort: true, cors: false },
})
