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

/** The same for people, its layers grouped by how they convolve: "Winograd F(4×4) in layers 2, 4 and 9". */
export function engineInWords(engine: EngineRecord): string {
  if (engine.kind !== 'wasm') return engineBuild(engine)
  const byAlgorithm = new Map<string, string[]>()
  const others: string[] = []
  for (const text of engine.convolutions) {
    const [, layer, algorithm] = /^layer (\d+): (.+)$/.exec(text) ?? []
    if (layer === undefined || algorithm === undefined) others.push(text)
    else byAlgorithm.set(algorithm, [...(byAlgorithm.get(algorithm) ?? []), layer])
  }
  const grouped = [...byAlgorithm].map(([algorithm, layers]) => `${algorithm} in ${layersInWords(layers)}`)
  return [`${engine.build} build`, ...grouped, ...others].join(', ')
}

function layersInWords(layers: readonly string[]): string {
  const last = layers.at(-1) ?? ''
  return layers.length < 2 ? `layer ${last}` : `layers ${layers.slice(0, -1).join(', ')} and ${last}`
}

/** Whether an adapter computes on the processor. Browsers mark theirs; known names stand in where they do not. */
export function isSoftwareAdapter(name: string, marked: boolean): boolean {
  return marked || /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i.test(name)
}

/** Threads of the processor it computes with. */
export function engineThreads(engine: EngineRecord): number {
  return engine.kind === 'wasm' ? engine.threads : 1
}
