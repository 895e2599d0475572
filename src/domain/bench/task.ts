import type { TrainParams } from '../params/schema'

/** The engines that can be measured side by side, the studio's own first. */
export const BENCH_ENGINES = ['wasm', 'webgpu', 'tfjs-webgpu', 'tfjs-webgl', 'tfjs-cpu'] as const

export type BenchEngine = (typeof BENCH_ENGINES)[number]

export const CONVOLUTIONS = [
  'auto',
  'direct',
  'winograd-2',
  'winograd-4',
] as const satisfies readonly TrainParams['convolution'][]

export type Convolution = (typeof CONVOLUTIONS)[number]

/** What one row of the table is about. */
export interface BenchSubject<Engine extends string = string> {
  /** An engine of the studio, or the name of another program that does the same work. */
  readonly engine: Engine
  /** Of the wasm engine; null where there is nothing to choose. */
  readonly convolution: Convolution | null
  readonly preset: string
}

/** What is measured together. */
export interface BenchTask {
  readonly task: 'train' | 'infer'
  /** In the order of the table. */
  readonly subjects: readonly BenchSubject<BenchEngine>[]
  readonly batch: number
  /** Kernels of the wasm engine. */
  readonly build: 'auto' | 'simd' | 'relaxed-simd'
  /** Of the wasm engine; 0: as many as the machine runs at once. */
  readonly threads: number
  /** Rounds; in each, every subject has its turn. */
  readonly repeats: number
  /** A turn takes at least so long, and at least one step. */
  readonly seconds: number
  /** Work before the first measured turn: compilation tiers, clock speeds and caches settle. */
  readonly warmUpSeconds: number
}

/** Images of a prediction that is measured by its throughput. */
export const INFERENCE_BATCH = 256

/** Every engine on every preset; the wasm engine once for each way to convolve. */
export function benchSubjects(
  presets: readonly string[],
  engines: readonly BenchEngine[],
  convolutions: readonly Convolution[],
): readonly BenchSubject<BenchEngine>[] {
  const subjects: BenchSubject<BenchEngine>[] = []
  for (const preset of presets)
    for (const engine of engines)
      for (const convolution of engine === 'wasm' ? convolutions : [null])
        subjects.push({ engine, convolution, preset })
  return subjects
}

/** "wasm", "wasm (winograd-4)", "tfjs-webgl": tells the subjects of one preset apart. */
export function subjectName({ engine, convolution }: Omit<BenchSubject, 'preset'>): string {
  return convolution === null || convolution === 'auto' ? engine : `${engine} (${convolution})`
}
