/** Entry: the studio's benchmark with other people's programs among its contenders. For development; no part of the studio. */
import { findPreset } from '../../../src/domain/model/presets'
import type { Contender } from '../../../workers/engine/bench/contender'
import { engineContenders } from '../../../workers/engine/bench/engines'
import { benchSession } from '../../../workers/sessions/bench-session'
import { browserHost } from '../../../workers/sessions/browser-host'
import { platformInWords } from '../../../workers/sessions/platform'
import { serve } from '../../../workers/sessions/serve'
import { jaxContender } from './jax'
import { remoteContender, remoteNames } from './remote'

declare const self: DedicatedWorkerGlobalScope

const host = browserHost()

serve(
  self,
  benchSession(
    async (task) => {
      const remote = await remoteNames()
      const presets = [...new Set(task.subjects.map(({ preset }) => preset))]
      return [
        ...engineContenders(task, host),
        ...presets.flatMap((preset) => rivalsOf(preset, task.batch, remote)),
      ]
    },
    host,
    platformInWords(navigator),
  ),
)

function rivalsOf(preset: string, batch: number, remote: readonly string[]): readonly Contender[] {
  const search = findPreset(preset)
  if (search.kind === 'unknown') throw new RangeError(search.message)
  return [
    jaxContender(search.spec, batch, 'wasm'),
    jaxContender(search.spec, batch, 'webgpu'),
    ...remote.map((engine) => remoteContender(engine, preset)),
  ]
}
