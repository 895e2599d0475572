import { spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface RunningNginx {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

/** Where nginx is, or null: `npm test` names it in NGINX_PATH. */
export function findNginx(): string | null {
  const places = [process.env['NGINX_PATH'], '/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx']
  return places.find((file) => file !== undefined && existsSync(file)) ?? null
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}

/**
 * Starts deploy/nginx.conf as it is but for its paths and port, on a copy of `site`, and as nobody where we are root: the container
 * is not root either.
 */
export async function startNginx(binary: string, site: string): Promise<RunningNginx> {
  const folder = mkdtempSync(join(tmpdir(), 'studio-nginx-'))
  const port = await freePort()
  cpSync(site, join(folder, 'html'), { recursive: true })
  const conf = readFileSync(fileURLToPath(new URL('nginx.conf', import.meta.url)), 'utf8')
    .replaceAll('/tmp/', `${folder}/`)
    .replace('/dev/stdout', `${folder}/access.log`)
    .replace('/usr/share/nginx/html', `${folder}/html`)
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
  writeFileSync(join(folder, 'nginx.conf'), conf)
  chmodSync(folder, 0o777)
  chmodSync(join(folder, 'html'), 0o755)

  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  const args = ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;']
  const server = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'], ...nobody })
  let complaints = ''
  server.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))

  const url = `http://127.0.0.1:${port}`
  while (!(await answers(`${url}/healthz`))) {
    if (server.exitCode !== null) throw new Error(`nginx ended with ${server.exitCode}: ${complaints}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    url,
    port,
    async stop() {
      server.kill('SIGQUIT')
      server.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
