import type { ApiRequest } from './http'
import type { InferenceService, ServedModel } from './service'

/** A request that found its route and its model. */
export interface Call {
  readonly request: ApiRequest
  readonly service: InferenceService
  readonly model: ServedModel
  /** By the service's clock. */
  readonly startedAt: number
}
