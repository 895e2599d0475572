import type { BenchSetup } from '../../../src/domain/bench/report'
import type { Contender, Turn } from '../../../workers/engine/bench/contender'
import { EngineUnavailableError } from '../../../workers/engine/contract'

/** What the benchmark's own server answers. */
type Answer<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string }

async function ask<Value>(path: string, question: object): Promise<Value> {
  const response = await fetch(path, { method: 'POST', body: JSON.stringify(question) })
  const answer = (await response.json()) as Answer<Value>
  if (!answer.ok) throw new EngineUnavailableError(answer.reason)
  return answer.value
}

/** The programs outside the browser that take part. */
export function remoteNames(): Promise<readonly string[]> {
  return ask('/rivals', {})
}

/** A program outside the browser, asked over the benchmark's own server, so that it takes its turns among the others. */
export function remoteContender(engine: string, preset: string): Contender {
  const path = `/rivals/${engine}`
  return {
    subject: { engine, convolution: null, preset },
    async open() {
      if (preset !== 'rf5-13k')
        throw new EngineUnavailableError(`the ${engine} rival is written for rf5-13k, not ${preset}`)
      const setup = await ask<BenchSetup>(path, { kind: 'open' })
      return {
        setup,
        memoryBytes: 0,
        turn: (seconds) => ask<Turn>(path, { kind: 'turn', seconds }),
        one: null,
        dispose: () => undefined,
      }
    },
  }
}
