import type { CreatePredictor, CreateTrainingEngine } from './contract'
import { createWasmPredictor } from './wasm/predictor'
import { createWasmTrainingEngine } from './wasm/training'

/**
 * The engine for this machine.
 * @throws RangeError when the model, the batch or the memory is impossible
 * @throws WebAssembly.CompileError when a build is asked for that the host does not compile
 */
export const createTrainingEngine: CreateTrainingEngine = (spec, batch, preprocess, host, threads, build) =>
  createWasmTrainingEngine(spec, batch, preprocess, host, { threads, build: build ?? 'auto' })

/** A predictor for this machine. @throws RangeError when the model or its weights are impossible. */
export const createPredictor: CreatePredictor = (spec, weights, preprocess, host) =>
  createWasmPredictor(spec, weights, preprocess, host)
