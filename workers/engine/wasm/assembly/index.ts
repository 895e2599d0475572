/** The kernels' entry points. Every one is called with a descriptor (see descriptor.ts); none allocates. */
export { convolve } from './conv'
export { filterGradient, filterGradientRange } from './filter'
export { finish, apply, undo, undoNormalised } from './point'
export { maxPool, maxUnpool, averagePool, averageUnpool, flatten, unflatten } from './pool'
export { normForward, normBackward } from './norm'
export { gather, loss } from './ends'
export { dropoutMask } from './dropout'
export { reduce, reduceSums, sgd, pack } from './update'
