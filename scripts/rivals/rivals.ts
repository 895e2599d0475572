/**
 * `npm run bench:rivals`: the studio's engines, stock tfjs, jax-js and, with --torch, native PyTorch train the same network, in
 * turns, in one table. For development: nothing of it is part of the studio.
 */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchTask } from '../../headless/bench'
import { askWorker, type Services, withChromium } from '../../headless/bench-browser'
import { parseCommandLine } from '../../headless/command-line'
import { stderrProgress } from '../../headless/progress'
import { benchMarkdown } from '../../src/domain/bench/markdown'
import { startTorch, type Torch } from './pytorch'

const ENTRY = fileURLToPath(new URL('worker/rivals.worker.ts', import.meta.url))

const HELP = `Usage: npm run bench:rivals -- [--torch PYTHON] [options of npm run studio -- bench train]
  --torch PYTHON  also native PyTorch, by an interpreter that has torch: with one thread and with all
  --json          one JSON object on stdout, else a table
`

/** Every other option is the benchmark's own. */
function splitArguments(argv: readonly string[]) {
  const options = { torch: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
  const { values, tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true })
  const own = new Set(
    tokens.flatMap((token) =>
      token.kind === 'option' && token.name === 'torch'
        ? [token.index, ...(token.inlineValue === false ? [token.index + 1] : [])]
        : [],
    ),
  )
  return {
    python: typeof values.torch === 'string' ? values.torch : null,
    help: values.help === true,
    rest: argv.filter((_, index) => !own.has(index)),
  }
}

async function main(): Promise<void> {
  const { python, help, rest } = splitArguments(process.argv.slice(2))
  const line = parseCommandLine(['bench', 'train', '--browser', ...rest], process.cwd())
  if (!line.ok) throw new Error(line.problem.message)
  if (help || line.value === 'help') return void process.stdout.write(HELP)
  const { bench } = line.value
  if (bench.task !== 'train') throw new Error(`Expected options of bench train, found bench ${bench.task}.`)
  const task = benchTask(bench)
  const progress = stderrProgress(() => performance.now())
  const torches = new Map<string, Torch>()
  if (python !== null)
    for (const threads of new Set([1, availableParallelism()]))
      torches.set(`pytorch-${threads}`, startTorch(python, threads, task.batch))
  try {
    const report = await withChromium(
      ENTRY,
      (page) =>
        askWorker(page, task, ({ doing, share }) => progress.show(`${doing} (${Math.round(share * 100)} %)`)),
      servicesOf(torches),
    )
    process.stdout.write(line.value.json ? `${JSON.stringify(report)}\n` : benchMarkdown(report))
    const idle = report.results.filter(({ loss }) => loss === null || !(loss[1] < loss[0]))
    for (const { engine, loss } of idle)
      progress.say(`${engine} did not learn (loss ${String(loss)}): its figures compare nothing.`)
    process.exitCode = idle.length === 0 ? 0 : 1
  } finally {
    for (const torch of torches.values()) torch.end()
  }
}

function servicesOf(torches: ReadonlyMap<string, Torch>): Services {
  const services: Services = new Map([['/rivals', () => Promise.resolve([...torches.keys()])]])
  for (const [name, torch] of torches) services.set(`/rivals/${name}`, (question) => torch.ask(question))
  return services
}

await main()
