import type { BenchProgress, BenchReport } from '../domain/bench/report'
import type { BenchTask } from '../domain/bench/task'
import type { WireError } from './errors'
import type { Hello } from './version'

/** One task a worker; whoever has enough terminates it. */
export type BenchCommand = Hello | { readonly kind: 'measure'; readonly task: BenchTask }

export type BenchMessage =
  | Hello
  | { readonly kind: 'progress'; readonly progress: BenchProgress }
  | { readonly kind: 'measured'; readonly report: BenchReport }
  | { readonly kind: 'failed'; readonly error: WireError }
