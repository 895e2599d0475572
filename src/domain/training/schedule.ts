import type { TrainParams } from '../params/schema'

type ScheduleParams = Pick<TrainParams, 'lr' | 'scheduler' | 'step_size' | 'gamma' | 'epochs'>

/**
 * The learning rate of an epoch (0 for the first), constant within it.
 * `step`: lr · gamma^⌊epoch / step_size⌋ (PyTorch's StepLR). `cosine`: from lr down towards 0 over the run, stepped per epoch
 * (PyTorch's CosineAnnealingLR with T_max = epochs, eta_min = 0). The result is float32, as the engines use it.
 */
export function learningRate(params: ScheduleParams, epoch: number): number {
  switch (params.scheduler) {
    case 'none':
      return Math.fround(params.lr)
    case 'step':
      return Math.fround(params.lr * params.gamma ** Math.floor(epoch / params.step_size))
    case 'cosine':
      return Math.fround((params.lr * (1 + Math.cos((Math.PI * epoch) / params.epochs))) / 2)
  }
}
