import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BENCH_ENGINES, CONVOLUTIONS } from '../src/domain/bench/task'
import { type AnyBenchOptions, benchOptions } from './bench-line'
import { atLeast } from './option-values'
import { done, type Result, usage } from './problem'

const COMMANDS = {
  pipeline:
    'preprocess, train, evaluate, gate and register, into --out; what is up to date there is used again',
  preprocess: 'read the digits, check and profile them, write them as one dataset',
  train: 'train on the dataset of --out (or --data) and keep the weights',
  evaluate: 'measure the weights of --out on its test digits',
  drift: 'compare the digits of --new-data with the baseline of --bundle, or of the champion of --out',
  retrain:
    'train the champion of --out again with --feedback or --new-data; the gate decides which of the two is in service',
  export: 'pack the champion of --out, or --version, into --bundle: one file that other tools open',
  import: 'register the model of --bundle in --out, after everything about it was checked',
  serve: 'answer the inference API over HTTP with --bundle, or with the champion of --out',
  bench:
    'bench train, bench infer: images a second on this machine; bench draw: how well drawings are read; bench serve: a load test',
} as const

type CommandName = keyof typeof COMMANDS

/** Where digits come from. */
export type DataSource =
  /** MNIST_DIR, else a checked download, else the built-in digits. */
  | { readonly kind: 'mnist' }
  | { readonly kind: 'built-in'; readonly train: number; readonly test: number }
  /** Four IDX files; the path is absolute. */
  | { readonly kind: 'folder'; readonly path: string }

export interface CommandLine {
  readonly command: CommandName
  /** The parameter file named by --params, absolute; null for the repository's own. */
  readonly paramsFile: string | null
  /** `a.b=v` as typed, in order. */
  readonly settings: readonly string[]
  /** Null when not said. */
  readonly data: DataSource | null
  readonly out: string
  readonly json: boolean
  readonly resume: boolean
  /** A bundle's path, absolute; null when not said. */
  readonly bundle: string | null
  /** Digits that drift is looked for in, or that a retraining adds, absolute; null when not said. */
  readonly newData: string | null
  /** Named digits that a retraining adds, absolute; null when not said. */
  readonly feedback: string | null
  /** A registered version, by number or alias; null when not said. */
  readonly version: string | null
  readonly port: number | null
  readonly host: string | null
  readonly bench: AnyBenchOptions
}

export const HELP = `The headless studio: what the page does, without a page.

  npm run studio -- COMMAND [options]

Commands
${Object.entries(COMMANDS)
  .map(([name, text]) => `  ${name.padEnd(12)} ${text}`)
  .join('\n')}

Options
  --params FILE     parameters instead of params.yaml
  --set a.b=value   one parameter, over file and environment; may be repeated
  --data SOURCE     mnist (MNIST_DIR, else a checked download, else built-in digits), a folder of IDX or
                    Parquet, a Parquet file,
                    built-in (60,000 + 10,000), or for example built-in:2000,500
  --out DIR         where results go (default: artifacts)
  --resume          continue an interrupted training of the same parameters and data
  --json            one JSON object on stdout; progress stays on stderr

Options of drift
  --new-data F      a Parquet file or a folder of them, an IDX image file (its labels beside it), or a folder of IDX files
  --bundle FILE     the model whose baseline is compared with; without it the champion of --out, or its --version V;
                    without any model the labels alone, with baseline_distribution.json of --out
  Leaves drift_report.json in --out, and drift_alert.txt as long as there is something to be alerted of.

Options of retrain
  --feedback F      named digits, as the Draw screen exports them
  --new-data F      instead: labelled digits, in any of the forms that drift reads
  --bundle FILE     where the new champion is exported to, if it comes to one
  Leaves retraining.json in --out. A model that the gate discards is a result: exit code 0, "decision": "discarded".

Options of serve
  --bundle FILE     an exported bundle, verified and rehearsed; without it the champion of --out
  --version V       of --out: a number or an alias instead of champion
  --port N          (default: api.port; 0 takes any free one)
  --host ADDRESS    (default: api.host)
  With --json the one object comes when it listens. SIGTERM and Ctrl-C end it once all requests are answered.

Options of bench
  --browser         measure in headless Chromium instead of Node
  --engine ENGINE   ${BENCH_ENGINES.join(', ')}; may be repeated
                    (default: wasm; with --browser all of them, to train)
  --preset NAME     may be repeated (default: rf5-13k)
  --convolution C   of wasm: ${CONVOLUTIONS.join(', ')}; may be repeated
  --build BUILD     of wasm: auto, simd or relaxed-simd
  --threads N       of wasm: 1 to 64 (default: as many as the machine runs at once)
  --batch N         images of a step or a prediction (default: 128 to train, 256 to infer)
  --repeats N       at least 5 (default: 7) turns of --seconds S (default: 1) and at least one step each, all engines
                    in turn; who needs longer than S for a step has three
  --digits N        of bench draw: 1 to 10000 held-out digits (default: all; half a minute), drawn by lot of --seed N (default: 42);
                    read by --bundle F, by --version V (a number or an alias), else by the champion of --out, which is trained where
                    there is none
  --url URL         of bench serve: a server that runs; without it one is started with --bundle or --out
  --requests N      of bench serve: 1 to 1000000 requests of each part (default: 5000)
  --concurrency N   of bench serve: 1 to 1000 in flight at once (default: 16)
  CHROMIUM_PATH names another browser than the system's, CHROMIUM_FLAGS gives it more switches (a GPU may need some).

Exit codes: 0 done, 64 bad input or parameters, 75 interrupted (continue with --resume), 1 another failure.
Environment: MNIST_DIR, and MLOPS_TRAINING_EPOCHS, MLOPS_TRAINING_LEARNING_RATE, MLOPS_RANDOM_SEED and their like.
`

/** As many as MNIST has, and as the page writes where it cannot have MNIST. */
export const BUILT_IN_SIZES = { train: 60_000, test: 10_000 }

const OPTIONS = {
  params: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  data: { type: 'string' },
  out: { type: 'string', default: 'artifacts' },
  resume: { type: 'boolean', default: false },
  bundle: { type: 'string' },
  'new-data': { type: 'string' },
  feedback: { type: 'string' },
  version: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  json: { type: 'boolean', default: false },
  preset: { type: 'string', multiple: true },
  engine: { type: 'string', multiple: true },
  convolution: { type: 'string', multiple: true },
  browser: { type: 'boolean', default: false },
  build: { type: 'string' },
  threads: { type: 'string' },
  batch: { type: 'string' },
  repeats: { type: 'string' },
  seconds: { type: 'string' },
  digits: { type: 'string' },
  seed: { type: 'string' },
  url: { type: 'string' },
  requests: { type: 'string' },
  concurrency: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/**
 * Reads the arguments after the program's name.
 * @param from the folder that relative paths start from: where the person typed the command
 */
export function parseCommandLine(argv: readonly string[], from: string): Result<CommandLine | 'help'> {
  let parsed
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return usage('bad-params', `${reason} (npm run studio -- --help lists the options.)`)
  }
  const { values, positionals } = parsed
  const [command, ...rest] = positionals
  if (values.help || command === 'help') return done('help')
  if (command === undefined || !isCommand(command)) {
    const found = command === undefined ? 'nothing' : JSON.stringify(command)
    return usage('bad-params', `Expected a command (${Object.keys(COMMANDS).join(', ')}), found ${found}.`)
  }
  if (command !== 'bench' && rest.length > 0)
    return usage('bad-params', `${command} takes options only, found ${JSON.stringify(rest[0])} after it.`)
  const bench = benchOptions(command === 'bench' ? rest : ['train'], values)
  if (!bench.ok) return bench
  const data = values.data === undefined ? done(null) : sourceOf(values.data, from)
  if (!data.ok) return data
  const port = atLeast('--port', 0, values.port)
  if (!port.ok) return port
  return done({
    command,
    paramsFile: values.params === undefined ? null : resolve(from, values.params),
    settings: values.set,
    data: data.value,
    out: resolve(from, values.out),
    json: values.json,
    resume: values.resume,
    bundle: values.bundle === undefined ? null : resolve(from, values.bundle),
    feedback: values.feedback === undefined ? null : resolve(from, values.feedback),
    newData: values['new-data'] === undefined ? null : resolve(from, values['new-data']),
    version: values.version ?? null,
    port: port.value,
    host: values.host ?? null,
    bench: bench.value,
  })
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name)
}

function sourceOf(data: string, from: string): Result<DataSource> {
  if (data === 'mnist') return done({ kind: 'mnist' })
  if (data === 'built-in') return done({ kind: 'built-in', ...BUILT_IN_SIZES })
  if (!data.startsWith('built-in:')) return done({ kind: 'folder', path: resolve(from, data) })
  const sizes = /^built-in:([1-9]\d{0,5}),([1-9]\d{0,5})$/.exec(data)
  if (sizes === null)
    return usage(
      'bad-params',
      `--data built-in:TRAIN,TEST takes two whole numbers from 1 to 999999, found ${JSON.stringify(data)}.`,
    )
  return done({ kind: 'built-in', train: Number(sizes[1]), test: Number(sizes[2]) })
}
