import type { DeviceFacts } from '../../stores/device'
import type { useOffline } from '../../stores/offline'
import { formatBytes } from '../../ui/format'

type OfflineState = ReturnType<typeof useOffline>

export interface Fact {
  readonly name: string
  readonly value: string
}

const ASKING = 'asking the browser'

/** What this machine and page offer, in words: the screen and the copied report show the same. */
export function systemFacts(facts: DeviceFacts, engine: string | null): readonly Fact[] {
  return [
    { name: 'Engine', value: engine ?? 'none used yet; the first run chooses one' },
    { name: 'SIMD', value: simdText(facts) },
    {
      name: 'Threads',
      value: facts.crossOriginIsolated
        ? `possible: the page is cross-origin isolated, ${facts.logicalCores} logical cores`
        : `not possible: the server does not send COOP and COEP; ${facts.logicalCores} logical cores`,
    },
    { name: 'WebGPU adapter', value: gpuText(facts.gpu) },
  ]
}

/** What figures of speed depend on: browser, threads, adapter. */
export function machineFacts(facts: DeviceFacts, browser: string): readonly Fact[] {
  const named = new Set(['SIMD', 'Threads', 'WebGPU adapter'])
  return [
    { name: 'Browser', value: browser },
    ...systemFacts(facts, null).filter(({ name }) => named.has(name)),
  ]
}

export function storageFacts(facts: DeviceFacts): readonly Fact[] {
  const { storage } = facts
  if (storage === undefined) return [{ name: 'Storage', value: ASKING }]
  if (storage === null) return [{ name: 'Storage', value: 'the browser does not say' }]
  return [
    { name: 'Used', value: formatBytes(storage.usedBytes) },
    {
      name: 'Kept',
      value: storage.persisted
        ? 'until you clear it'
        : 'as long as the browser has room; it may clear it by itself',
    },
  ]
}

/** Whether the page opens without a network. */
export function offlineFact(offline: OfflineState): Fact {
  return { name: 'Without a network', value: offlineText(offline) }
}

/** The report as plain text, one fact a line. */
export function reportText(facts: readonly Fact[]): string {
  return facts.map(({ name, value }) => `${name}: ${value}`).join('\n')
}

function simdText({ simd, relaxedSimd }: DeviceFacts): string {
  if (!simd) return 'missing: the CPU engine cannot run here; update the browser'
  return relaxedSimd ? '128-bit, with relaxed instructions' : '128-bit'
}

function gpuText(gpu: DeviceFacts['gpu']): string {
  if (gpu === undefined) return ASKING
  if (gpu.kind === 'none') return `none: ${gpu.reason}`
  return gpu.software ? `${gpu.name} (computed on the processor, no gain)` : gpu.name
}

function offlineText(offline: OfflineState): string {
  switch (offline.kind) {
    case 'unavailable':
      return `the page does not open: ${offline.reason}`
    case 'installing':
      return 'being prepared'
    case 'ready':
      return 'the page opens and works'
    case 'update-waiting':
    case 'update-blocked':
      return 'the page opens and works; a newer version waits'
  }
}
