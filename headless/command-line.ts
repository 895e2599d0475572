import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { done, type Result, usage } from './problem'

export const COMMANDS = {
  pipeline: 'preprocess, train, evaluate and register, into --out',
  preprocess: 'read the digits, check and profile them, write them as one dataset',
  train: 'train on the dataset of --out (or --data) and keep the weights',
  evaluate: 'measure the weights of --out on its test digits',
} as const

export type CommandName = keyof typeof COMMANDS

/** Where digits come from. */
export type DataSource =
  /** MNIST_DIR, else a checked download, else the built-in digits. */
  | { readonly kind: 'mnist' }
  | { readonly kind: 'built-in'; readonly train: number; readonly test: number }
  /** Four IDX files; the path is absolute. */
  | { readonly kind: 'folder'; readonly path: string }

export interface CommandLine {
  readonly command: CommandName
  /** What follows the command's name, for example `train` in `bench train`. */
  readonly rest: readonly string[]
  /** The parameter file named by --params, absolute; null for the repository's own. */
  readonly paramsFile: string | null
  /** `a.b=v` as typed, in order. */
  readonly settings: readonly string[]
  /** Null when not said. */
  readonly data: DataSource | null
  readonly out: string
  readonly json: boolean
  readonly resume: boolean
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
  --data SOURCE     mnist (MNIST_DIR, else a checked download, else built-in digits), a folder,
                    built-in (20,000 + 4,000), or for example built-in:2000,500
  --out DIR         where results go (default: artifacts)
  --resume          continue an interrupted training of the same parameters and data
  --json            one JSON object on stdout; progress stays on stderr

Exit codes: 0 done, 64 bad input or parameters, 75 interrupted (continue with --resume), 1 another failure.
Environment: MNIST_DIR, and MLOPS_TRAINING_EPOCHS, MLOPS_TRAINING_LEARNING_RATE, MLOPS_RANDOM_SEED and their like.
`

/** As many as the page writes where it cannot have MNIST. */
export const BUILT_IN_SIZES = { train: 20_000, test: 4_000 }

const OPTIONS = {
  params: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  data: { type: 'string' },
  out: { type: 'string', default: 'artifacts' },
  resume: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
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
  if (rest.length > 0)
    return usage('bad-params', `${command} takes options only, found ${JSON.stringify(rest[0])} after it.`)
  const data = values.data === undefined ? done(null) : sourceOf(values.data, from)
  if (!data.ok) return data
  return done({
    command,
    rest,
    paramsFile: values.params === undefined ? null : resolve(from, values.params),
    settings: values.set,
    data: data.value,
    out: resolve(from, values.out),
    json: values.json,
    resume: values.resume,
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
