import type { EngineRecord } from './records'

/** What equal bits are promised within, for people: two runs of one seed agree where this is the same text. */
export function engineBuild(engine: EngineRecord): string {
  switch (engine.kind) {
    case 'wasm':
      return [`${engine.build} build`, ...engine.convolutions].join(', ')
    case 'webgpu':
      return `${engine.adapter}, ${engine.tiles} tiles, ${engine.precision}`
    case 'tfjs':
      return `tfjs ${engine.version} on ${engine.backend}`
  }
}

/** Whether an adapter computes on the processor. Browsers mark theirs; known names stand in where they do not. */
export function isSoftwareAdapter(name: string, marked: boolean): boolean {
  return marked || /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i.test(name)
}

/** Threads of the processor it computes with. */
export function engineThreads(engine: EngineRecord): number {
  return engine.kind === 'wasm' ? engine.threads : 1
}
