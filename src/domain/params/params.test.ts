// Long because it is one list: every fault of a parameter with its whole message, and every accepted name.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from './defaults'
import { paramsFromEnvironment, paramsFromUrl, parseSetArguments, type ParamLayer } from './layers'
import { preprocessOf } from './preprocess'
import { resolveParams } from './resolve'
import { PARAM_RULES } from './rules'
import { type StudioParams, studioParamsSchema } from './schema'

const PRESETS = ['lenet-512', 'lite', 'rf5-13k']

function file(values: unknown): ParamLayer {
  return { origin: 'params.yaml', values }
}

function accepted(...layers: ParamLayer[]) {
  const resolution = resolveParams(layers, PRESETS)
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('\n'))
  return resolution
}

/** The messages of all problems. */
function refusals(...layers: ParamLayer[]): string[] {
  const resolution = resolveParams(layers, PRESETS)
  if (resolution.ok) throw new Error('nothing was refused')
  return resolution.problems.map(({ message }) => message)
}

describe('the schema', () => {
  it('accepts the defaults', () => {
    expect(studioParamsSchema.parse(DEFAULT_PARAMS)).toEqual(DEFAULT_PARAMS)
    expect(accepted().params).toEqual(DEFAULT_PARAMS)
  })

  it('says the bounds of each kind of parameter in words', () => {
    const words = (path: string) => PARAM_RULES.get(path)?.expected
    expect(words('train.epochs')).toBe('a whole number from 1 to 1000')
    expect(words('train.lr')).toBe('a number above 0 and at most 10')
    expect(words('train.momentum')).toBe('a number from 0 to below 1')
    expect(words('train.scheduler')).toBe('one of none, step, cosine, exponential, plateau, one-cycle')
    expect(words('train.optimizer')).toBe('one of sgd, adam, adamw, rmsprop, adagrad')
    expect(words('train.seed')).toBe('a whole number from 0 to 4294967295')
    expect(words('retrain.enable_auto_retrain')).toBe('true or false')
    expect(words('api.host')).toBe('a line of 1 to 250 characters')
    expect(words('mlflow.registered_model_name')).toBe('a name of 1 to 200 letters, digits, _ . and -')
  })

  it('gives a rule for every default', () => {
    const paths = Object.entries(DEFAULT_PARAMS).flatMap(([section, values]) =>
      Object.keys(values).map((key) => `${section}.${key}`),
    )
    const given = [...PARAM_RULES.values()].filter(({ kind }) => kind !== 'list').map(({ path }) => path)
    expect(given).toEqual(paths.filter((path) => PARAM_RULES.get(path)?.kind !== 'list'))
    expect(paths.filter((path) => !PARAM_RULES.has(path))).toEqual([])
  })

  it('takes lists of values for a search, and names the one that is wrong', () => {
    expect(accepted(file({ search: { lr: [0.1], preset: ['lite', 'rf5-13k'] } })).params.search).toEqual({
      max_trials: 32,
      lr: [0.1],
      preset: ['lite', 'rf5-13k'],
    })
    const set = parseSetArguments(['search.batch_size=64, 128', 'search.nesterov=true,false'])
    expect(accepted(set).params.search).toMatchObject({ batch_size: [64, 128], nesterov: [true, false] })
    expect(
      refusals(file({ search: { lr: [0.1, 'fast'], epochs: 3, seed: [], preset: ['lite', 'lit'] } })),
    ).toEqual([
      'search.lr must be a list of values, each a number above 0 and at most 10, found "fast" (params.yaml)',
      'search.epochs must be a list of values, each a whole number from 1 to 1000, found 3 (params.yaml)',
      'search.seed must be a list of values, each a whole number from 0 to 4294967295, found a list of 0 (params.yaml)',
      'search.preset must be a list of values, each one of lenet-512, lite, rf5-13k, found "lit" (params.yaml). Did you mean lite?',
    ])
    expect(refusals(parseSetArguments(['search.lr=0.1,']))).toEqual([
      'search.lr must be a list of values, each a number above 0 and at most 10, found "" (--set)',
    ])
  })

  it('makes the preprocessing of the mnist section', () => {
    expect(preprocessOf({ normalize_mean: 0.5, normalize_std: 0.25 })).toMatchObject({
      version: 1,
      scale: 255,
      mean: 0.5,
      std: 0.25,
    })
  })
})

describe('resolveParams refuses', () => {
  it('a value out of its bounds', () => {
    expect(refusals(file({ train: { epochs: -1 } }))).toEqual([
      'train.epochs must be a whole number from 1 to 1000, found -1 (params.yaml)',
    ])
  })

  it('a value of another type', () => {
    expect(refusals(file({ train: { lr: 'fast' } }))).toEqual([
      'train.lr must be a number above 0 and at most 10, found "fast" (params.yaml)',
    ])
    expect(refusals(file({ train: { epochs: '3', seed: null, gamma: [1], engine: {} } }))).toEqual([
      'train.epochs must be a whole number from 1 to 1000, found "3" (params.yaml)',
      'train.seed must be a whole number from 0 to 4294967295, found nothing (params.yaml)',
      'train.gamma must be a number above 0 and at most 1, found a list of 1 (params.yaml)',
      'train.engine must be one of auto, wasm, webgpu, tfjs-webgpu, tfjs-webgl, tfjs-cpu, found a section (params.yaml)',
    ])
  })

  it('an unknown preset, with the nearest known one', () => {
    expect(refusals(parseSetArguments(['train.preset=rf5_13k']))).toEqual([
      'train.preset must be one of lenet-512, lite, rf5-13k, found "rf5_13k" (--set). Did you mean rf5-13k?',
    ])
    expect(refusals(file({ train: { preset: 'resnet-152' } }))).toEqual([
      'train.preset must be one of lenet-512, lite, rf5-13k, found "resnet-152" (params.yaml)',
    ])
  })

  it('an unknown key, with the nearest known one', () => {
    expect(refusals(file({ train: { epoch: 3 } }))).toEqual([
      'train.epoch is not a parameter of this studio (params.yaml). Did you mean train.epochs?',
    ])
    expect(
      refusals(parseSetArguments(['epochs=3', 'trian.lr=1', 'api.colour=red', 'qqqq.zzzzzz=1'])),
    ).toEqual([
      'epochs is not a parameter of this studio (--set). Did you mean train.epochs?',
      'trian.lr is not a parameter of this studio (--set). Did you mean train.lr?',
      'api.colour is not a parameter of this studio (--set). api has host, port, timeout.',
      'qqqq.zzzzzz is not a parameter of this studio (--set). Sections are mnist, train, augment, mlflow, registry, release, api, drift, retrain, search.',
    ])
  })

  it('all problems of all layers at once, also where a stronger layer covers them', () => {
    expect(
      refusals(
        file({ train: { epochs: 0 }, nonsense: {} }),
        paramsFromEnvironment({ MLOPS_TRAINING_LEARNING_RATE: 'fast' }),
        paramsFromUrl([['train.batch_size', '4097']]),
        parseSetArguments(['train.epochs=3', 'train.momentum=1']),
      ),
    ).toEqual([
      'nonsense is not a parameter of this studio (params.yaml). Sections are mnist, train, augment, mlflow, registry, release, api, drift, retrain, search.',
      'train.epochs must be a whole number from 1 to 1000, found 0 (params.yaml)',
      'train.lr must be a number above 0 and at most 10, found "fast" (MLOPS_TRAINING_LEARNING_RATE)',
      "train.batch_size must be a whole number from 1 to 4096, found 4097 (the page's address)",
      'train.momentum must be a number from 0 to below 1, found 1 (--set)',
    ])
  })

  it('names that reach a prototype', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__": {"x": 1}, "train": {"constructor": 1, "__proto__": 2}}',
    )
    expect(refusals(file(hostile))).toEqual([
      '__proto__ is not a parameter of this studio (params.yaml). Take it out.',
      'train.constructor is not a parameter of this studio (params.yaml). Take it out.',
      'train.__proto__ is not a parameter of this studio (params.yaml). Take it out.',
    ])
    expect(refusals(parseSetArguments(['__proto__.epochs=1', 'constructor=1']))).toEqual([
      '__proto__.epochs is not a parameter of this studio (--set). Take it out.',
      'constructor is not a parameter of this studio (--set). Take it out.',
    ])
    expect('x' in {}).toBe(false)
  })

  it('files that are no sections', () => {
    expect(refusals(file('hello'))).toEqual([
      'params.yaml must be sections (mnist, train, augment, mlflow, registry, release, api, drift, retrain, search), found "hello". Write sections with keys, for example train: { epochs: 3 }.',
    ])
    expect(refusals(file({ train: 3 }))).toEqual(['train must be a section with keys, found 3 (params.yaml)'])
  })

  it('texts that are no assignments and variables without a section', () => {
    expect(refusals(parseSetArguments(['train.epochs', '=3']))).toEqual([
      '--set must be section.key=value, found "train.epochs". Write for example --set train.epochs=3.',
      '--set must be section.key=value, found "=3". Write for example --set train.epochs=3.',
    ])
    expect(refusals(paramsFromEnvironment({ MLOPS_COLOUR: 'red' }))).toEqual([
      'MLOPS_COLOUR must be MLOPS_<SECTION>_<KEY>, found no section of that name (the environment). Sections are TRAINING, DATA, RELEASE_THRESHOLDS, EVALUATION, LOGGING, MNIST, TRAIN, AUGMENT, MLFLOW, REGISTRY, RELEASE, API, DRIFT, RETRAIN, SEARCH.',
    ])
    expect(refusals(paramsFromEnvironment({ MLOPS_TRAINING_EPOCH: '3' }))).toEqual([
      'train.epoch is not a parameter of this studio (MLOPS_TRAINING_EPOCH). Did you mean train.epochs?',
    ])
  })

  it('any value or answers it, never throws, and what it accepts fits the schema', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('train', 'mnist', 'api', 'x', '__proto__'),
          fc.oneof(
            fc.dictionary(fc.constantFrom('epochs', 'lr', 'port', 'seed', 'y'), fc.jsonValue()),
            fc.jsonValue(),
          ),
        ),
        (values) => {
          const resolution = resolveParams([file(values)], PRESETS)
          if (resolution.ok) expect(studioParamsSchema.parse(resolution.params)).toEqual(resolution.params)
          else expect(resolution.problems.length).toBeGreaterThan(0)
        },
      ),
      { seed: 7, numRuns: 300 },
    )
  })
})

describe('resolveParams lays layers', () => {
  it('over the defaults, the later the stronger, and says where each value came from', () => {
    const { params, origins } = accepted(
      file({ train: { epochs: 4, lr: 0.02, seed: 5 } }),
      paramsFromEnvironment({ MLOPS_TRAINING_LEARNING_RATE: '5e-3', MLOPS_RANDOM_SEED: '7' }),
      parseSetArguments(['train.seed=8']),
      { origin: 'form', values: { train: { momentum: 0.5 } } },
    )
    expect(params.train).toEqual({ ...DEFAULT_PARAMS.train, epochs: 4, lr: 0.005, seed: 8, momentum: 0.5 })
    expect(origins.get('train.epochs')).toEqual({ layer: 'params.yaml', name: 'train.epochs' })
    expect(origins.get('train.lr')).toEqual({ layer: 'environment', name: 'MLOPS_TRAINING_LEARNING_RATE' })
    expect(origins.get('train.seed')).toEqual({ layer: 'set', name: 'train.seed' })
    expect(origins.get('train.momentum')).toEqual({ layer: 'form', name: 'train.momentum' })
    expect(origins.get('train.gamma')).toEqual({ layer: 'default', name: 'train.gamma' })
    expect(
      [...PARAM_RULES.values()].filter(({ path, kind }) => kind !== 'list' && !origins.has(path)),
    ).toEqual([])
  })

  it('takes an empty file and an empty section as nothing said', () => {
    expect(accepted(file(null)).params).toEqual(DEFAULT_PARAMS)
    expect(accepted(file({ train: null })).params).toEqual(DEFAULT_PARAMS)
  })

  it("honours the reference pipeline's second names, and reports what it does not use", () => {
    const { params, origins, notices, unusedKeys } = accepted(
      file({
        mnist: {
          output_dir: 'data/mnist',
          spark_partitions: 8,
          spark_driver_memory: '8g',
          chunk_size: 2048,
          normalize_mean: 0.1307,
          normalize_std: 0.3081,
          batch_size: 64,
          epochs: 25,
          seed: 42,
        },
        train: { model_name: 'Full Training', batch_size: 32 },
      }),
    )
    expect(params.train).toMatchObject({ batch_size: 32, epochs: 25, seed: 42 })
    expect(origins.get('train.epochs')).toEqual({ layer: 'params.yaml', name: 'mnist.epochs' })
    expect(origins.get('train.batch_size')).toEqual({ layer: 'params.yaml', name: 'train.batch_size' })
    expect(unusedKeys).toEqual([
      'mnist.output_dir',
      'mnist.spark_partitions',
      'mnist.spark_driver_memory',
      'mnist.chunk_size',
      'train.model_name',
    ])
    expect(notices.map(({ message }) => message)).toContain(
      'mnist.batch_size is not used: train.batch_size is also given in params.yaml and wins.',
    )
    expect(notices.map(({ message }) => message)).toContain(
      'mnist.spark_partitions (params.yaml) is not used by this studio.',
    )
  })

  it('lets a second name in a stronger layer win', () => {
    const { params } = accepted(file({ train: { epochs: 3 } }), parseSetArguments(['mnist.epochs=5']))
    expect(params.train.epochs).toBe(5)
  })

  it('reads texts by the type of their parameter', () => {
    const { params } = accepted(
      paramsFromUrl(
        new Map([
          ['train.epochs', '3'],
          ['retrain.enable_auto_retrain', 'True'],
          ['mlflow.experiment_name', '007'],
          ['tab', 'curves'],
        ]),
      ),
    )
    expect(params.train.epochs).toBe(3)
    expect(params.retrain.enable_auto_retrain).toBe(true)
    expect(params.mlflow.experiment_name).toBe('007')
    for (const text of ['', '0x10', '1_000', '١', 'Infinity', '1e', '3.5'])
      expect(refusals(parseSetArguments([`train.epochs=${text}`])), text).toHaveLength(1)
  })

  it('gives the same for any accepted number, as a text and as a number', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 10, noNaN: true }), (lr) => {
        const fromText = accepted(parseSetArguments([`train.lr=${lr}`])).params
        expect(fromText).toEqual(accepted(file({ train: { lr } })).params)
      }),
      { seed: 8 },
    )
  })
})

describe('paramsFromEnvironment', () => {
  /** What one variable sets, or the name where it is accepted and not used. */
  function effect(name: string, text: string): unknown {
    const { params, origins, unusedKeys } = accepted(paramsFromEnvironment({ [name]: text, PATH: '/bin' }))
    if (unusedKeys.length > 0) return { unused: unusedKeys, changed: !sameParams(params) }
    const set = [...origins].find(([, origin]) => origin.name === name)
    if (set === undefined) return 'nothing'
    const [section = '', key = ''] = set[0].split('.')
    const values: Readonly<Record<string, Readonly<Record<string, unknown>>>> = params
    return { [set[0]]: values[section]?.[key] }
  }

  function sameParams(params: StudioParams): boolean {
    return JSON.stringify(params) === JSON.stringify(DEFAULT_PARAMS)
  }

  it('reads every documented name of the reference systems', () => {
    expect(effect('MLOPS_TRAINING_EPOCHS', '20')).toEqual({ 'train.epochs': 20 })
    expect(effect('MLOPS_TRAINING_LEARNING_RATE', '0.001')).toEqual({ 'train.lr': 0.001 })
    expect(effect('MLOPS_TRAINING_DEVICE', 'cpu')).toEqual({ 'train.engine': 'wasm' })
    expect(effect('MLOPS_TRAINING_DEVICE', 'cuda')).toEqual({ 'train.engine': 'auto' })
    expect(effect('MLOPS_TRAINING_DEVICE', 'auto')).toEqual({ 'train.engine': 'auto' })
    expect(effect('MLOPS_RELEASE_THRESHOLDS_MIN_ACCURACY', '0.98')).toEqual({ 'release.min_accuracy': 0.98 })
    expect(effect('MLOPS_RELEASE_THRESHOLDS_MAX_INFERENCE_TIME_MS', '50')).toEqual({
      'release.max_inference_time_ms': 50,
    })
    expect(effect('MLOPS_DATA_BATCH_SIZE', '32')).toEqual({ 'train.batch_size': 32 })
    expect(effect('MLOPS_RANDOM_SEED', '43')).toEqual({ 'train.seed': 43 })
    for (const [name, text] of [
      ['MLOPS_EVALUATION_DEVICE', 'cuda'],
      ['MLOPS_LOGGING_LOG_LEVEL', 'DEBUG'],
      ['MLOPS_LOGGING_LOG_FILE', 'logs/pipeline.log'],
      ['MLOPS_TRAINING_MIXED_PRECISION', 'true'],
      ['MLOPS_MODE', 'pipeline'],
    ] as const)
      expect(effect(name, text)).toEqual({ unused: [name], changed: false })
  })

  it('reads our own sections, the longest section name first', () => {
    expect(effect('MLOPS_TRAIN_WEIGHT_DECAY', '1e-4')).toEqual({ 'train.weight_decay': 1e-4 })
    expect(effect('MLOPS_RELEASE_MIN_F1_SCORE', '0.5')).toEqual({ 'release.min_f1_score': 0.5 })
    expect(effect('MLOPS_RETRAIN_ENABLE_AUTO_RETRAIN', 'true')).toEqual({
      'retrain.enable_auto_retrain': true,
    })
    expect(effect('MLOPS_MNIST_EPOCHS', '2')).toEqual({ 'train.epochs': 2 })
  })

  it('says what a device became', () => {
    const { notices } = accepted(paramsFromEnvironment({ MLOPS_TRAINING_DEVICE: 'cuda' }))
    expect(notices).toEqual([
      {
        kind: 'translated',
        name: 'MLOPS_TRAINING_DEVICE',
        origin: 'environment',
        message:
          'MLOPS_TRAINING_DEVICE=cuda is taken as train.engine auto: the studio chooses the fastest engine it finds.',
      },
    ])
    expect(refusals(paramsFromEnvironment({ MLOPS_TRAINING_DEVICE: 'tpu' }))).toEqual([
      'train.engine must be one of auto, wasm, webgpu, tfjs-webgpu, tfjs-webgl, tfjs-cpu, found "tpu" (MLOPS_TRAINING_DEVICE)',
    ])
  })

  it('takes an empty variable as not set, and the more specific of two names', () => {
    const { params } = accepted(
      paramsFromEnvironment({
        MLOPS_TRAINING_EPOCHS: '',
        MLOPS_TRAINING_SEED: '1',
        MLOPS_RANDOM_SEED: '2',
        MLOPS_X: undefined,
      }),
    )
    expect(params.train).toMatchObject({ epochs: 15, seed: 1 })
  })
})
