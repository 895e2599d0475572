import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface PipelineReport {
  readonly dataset: { readonly digest: string; readonly train: number; readonly test: number }
  readonly build: string
  readonly testAccuracy: number
  readonly weightsSha256: string
}

/** `npm run studio -- pipeline --json` with these parameters, as CI or a person would run it. */
export async function runPipeline(
  settings: readonly string[],
  ...options: string[]
): Promise<PipelineReport> {
  const out = await mkdtemp(join(tmpdir(), 'studio-out-'))
  try {
    const args = ['run', 'studio', '--', 'pipeline', '--json', '--out', out, ...options]
    const { stdout } = await promisify(execFile)(
      'npm',
      [...args, ...settings.flatMap((text) => ['--set', text])],
      {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
      },
    )
    return JSON.parse(stdout) as PipelineReport
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}
