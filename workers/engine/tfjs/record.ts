import * as tf from '@tensorflow/tfjs'
import type { EngineRecord } from '../../../src/domain/registry/records'
import type { Backend } from './backend'

/** How a backend is remembered. */
export function recordOf({ name, device }: Backend, reason: string): EngineRecord {
  return { kind: 'tfjs', backend: name, version: tf.version.tfjs, device, reason }
}
