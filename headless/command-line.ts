import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { WARM_UP } from '../src/domain/bench/load-drive'
import { BENCH_ENGINES, CONVOLUTIONS } from '../src/domain/bench/task'
import type { BenchOptions } from './bench'
import type { DrawBenchOptions } from './bench-draw'
import type { ServeBenchOptions } from './serve-bench-options'
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
  readonly bench: BenchOptions | DrawBenchOptions | ServeBenchOptions
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

interface BenchTexts {
  readonly preset?: string[] | undefined
  readonly engine?: string[] | undefined
  readonly convolution?: string[] | undefined
  readonly browser: boolean
  readonly build?: string | undefined
  readonly threads?: string | undefined
  readonly batch?: string | undefined
  readonly repeats?: string | undefined
  readonly seconds?: string | undefined
  readonly digits?: string | undefined
  readonly seed?: string | undefined
  readonly url?: string | undefined
  readonly requests?: string | undefined
  readonly concurrency?: string | undefined
}

function benchOptions(
  rest: readonly string[],
  texts: BenchTexts,
): Result<BenchOptions | DrawBenchOptions | ServeBenchOptions> {
  const tasks = ['train', 'infer', 'draw', 'serve'] as const
  const task = oneOf('bench', tasks, rest[0] ?? '', 'npm run studio -- bench train')
  if (!task.ok) return task
  if (task.value === 'draw') return drawBenchOptions(texts)
  if (task.value === 'serve') return serveBenchOptions(texts)
  const engines = eachOf('--engine', BENCH_ENGINES, texts.engine)
  if (!engines.ok) return engines
  const convolutions = eachOf('--convolution', CONVOLUTIONS, texts.convolution)
  if (!convolutions.ok) return convolutions
  const build = oneOf('--build', ['auto', 'simd', 'relaxed-simd'] as const, texts.build ?? 'auto')
  if (!build.ok) return build
  const threads = atLeast('--threads', 1, texts.threads)
  if (!threads.ok) return threads
  if (threads.value !== null && !(Number.isInteger(threads.value) && threads.value <= 64))
    return usage('bad-params', `--threads takes a whole number from 1 to 64, found ${threads.value}.`)
  const batch = atLeast('--batch', 1, texts.batch)
  if (!batch.ok) return batch
  if (batch.value !== null && !(Number.isInteger(batch.value) && batch.value <= 4096))
    return usage('bad-params', `--batch takes a whole number from 1 to 4096, found ${batch.value}.`)
  const repeats = atLeast('--repeats', 5, texts.repeats)
  if (!repeats.ok) return repeats
  const seconds = atLeast('--seconds', 0.05, texts.seconds)
  if (!seconds.ok) return seconds
  return done({
    task: task.value,
    presets: texts.preset ?? null,
    engines: engines.value,
    convolutions: convolutions.value,
    browser: texts.browser,
    build: texts.build === undefined ? null : build.value,
    threads: threads.value,
    batch: batch.value,
    repeats: repeats.value,
    seconds: seconds.value,
  })
}

const MOST_DRAWN = 10_000

function drawBenchOptions({ digits, seed }: BenchTexts): Result<DrawBenchOptions> {
  const count = atLeast('--digits', 1, digits ?? String(MOST_DRAWN))
  if (!count.ok) return count
  const drawn = count.value ?? 0
  if (!Number.isInteger(drawn) || drawn > MOST_DRAWN)
    return usage('bad-params', `--digits takes a whole number from 1 to ${MOST_DRAWN}, found ${digits}.`)
  const lot = atLeast('--seed', 0, seed ?? '42')
  if (!lot.ok) return lot
  const number = lot.value ?? 0
  if (!Number.isInteger(number) || number >= 2 ** 32)
    return usage('bad-params', `--seed takes a whole number from 0 to 4294967295, found ${seed}.`)
  return done({ task: 'draw', digits: drawn, seed: number })
}

function serveBenchOptions(texts: BenchTexts): Result<ServeBenchOptions> {
  const requests = wholeNumber('--requests', texts.requests ?? '5000', 1_000_000)
  if (!requests.ok) return requests
  const concurrency = wholeNumber('--concurrency', texts.concurrency ?? '16', 1000)
  if (!concurrency.ok) return concurrency
  const { url = null } = texts
  if (url !== null && !/^http:\/\/[^/\s]+\/?$/.test(url))
    return usage(
      'bad-params',
      `--url takes a server like http://localhost:8000, found ${JSON.stringify(url)}.`,
    )
  return done({
    task: 'serve',
    url,
    warmUp: WARM_UP,
    requests: requests.value,
    concurrency: concurrency.value,
  })
}

function wholeNumber(name: string, text: string, most: number): Result<number> {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return done(value)
  return usage('bad-params', `${name} takes a whole number from 1 to ${most}, found ${JSON.stringify(text)}.`)
}

function oneOf<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  text: string,
  example?: string,
): Result<Choice> {
  const choice = choices.find((candidate) => candidate === text)
  if (choice !== undefined) return done(choice)
  const hint = example === undefined ? '' : ` For example: ${example}`
  return usage(
    'bad-params',
    `${name} takes one of ${choices.join(', ')}, found ${JSON.stringify(text)}.${hint}`,
  )
}

/** Null where the option was not given. */
function eachOf<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  texts: readonly string[] | undefined,
): Result<readonly Choice[] | null> {
  const found: Choice[] = []
  for (const text of texts ?? []) {
    const choice = oneOf(name, choices, text)
    if (!choice.ok) return choice
    found.push(choice.value)
  }
  return done(texts === undefined ? null : found)
}

function atLeast(name: string, minimum: number, text: string | undefined): Result<number | null> {
  if (text === undefined) return done(null)
  const value = Number(text)
  if (text.trim() !== '' && value >= minimum && Number.isFinite(value)) return done(value)
  return usage('bad-params', `${name} takes a number of at least ${minimum}, found ${JSON.stringify(text)}.`)
}
