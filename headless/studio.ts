import { benchCommand } from './bench-command'
import { benchDrawCommand } from './bench-draw-command'
import { benchServeCommand } from './bench-serve-command'
import { exportCommand } from './bundle-export'
import { importCommand } from './bundle-import'
import { type CommandLine, HELP, parseCommandLine } from './command-line'
import { driftCommand } from './drift'
import { holdFolder } from './files'
import { readParams, type ResolvedParams } from './params'
import { done, EXIT, type Problem, type Result } from './problem'
import { type Progress, stderrProgress } from './progress'
import { evaluateCommand } from './evaluate-command'
import { pipeline } from './pipeline'
import { retrainCommand } from './retrain'
import { type Job, preprocess, trainCommand } from './stages'
import { serveCommand } from './serve-command'
import { summaryText } from './summary'

/** A second signal within this time is the same key press, delivered twice (to the group, and by npm). */
const SAME_PRESS_MS = 1_000

const STAGES = {
  pipeline,
  preprocess,
  train: trainCommand,
  evaluate: evaluateCommand,
  retrain: retrainCommand,
  export: exportCommand,
  import: importCommand,
}

await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<void> {
  const progress = stderrProgress(() => performance.now())
  const json = argv.includes('--json')
  const line = parseCommandLine(argv, process.env['INIT_CWD'] ?? process.cwd())
  if (!line.ok) return fail(line.problem, json, progress)
  if (line.value === 'help') {
    process.stdout.write(HELP)
    return
  }
  const output = await attempt(line.value, progress)
  if (!output.ok) fail(output.problem, json, progress)
  else if (output.value !== null) print(output.value, json)
}

function print({ report, text }: Output, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : text)
}

/** What a command prints: with `--json` the report, for people its text. */
interface Output {
  readonly report: object
  readonly text: string
}

/** A bug is reported like a failure, with its stack, so that `--json` keeps its promise. */
async function attempt(line: CommandLine, progress: Progress): Promise<Result<Output | null>> {
  try {
    return await perform(line, progress)
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { ok: false, problem: { exit: EXIT.failure, code: 'internal', message } }
  }
}

/** Null: it has said what it had to say. */
async function perform(line: CommandLine, progress: Progress): Promise<Result<Output | null>> {
  if (line.command === 'serve') return serve(line, progress)
  if (line.command === 'drift') return withJob(line, progress, driftCommand)
  if (line.command === 'bench') {
    const { bench } = line
    // A benchmark of speed has its own options and writes nothing.
    if (bench.task === 'serve') {
      const resolved = await readParams(line.paramsFile, line.settings, process.env, progress)
      return resolved.ok ? benchServeCommand(jobOf(line, resolved.value, progress), bench) : resolved
    }
    if (bench.task !== 'draw') return benchCommand(bench, progress)
    return withJob(line, progress, (job) => benchDrawCommand(job, bench))
  }
  const stage = STAGES[line.command]
  return withJob(line, progress, async (job) => {
    const report = await stage(job)
    return report.ok ? done({ report: report.value, text: summaryText(report.value) }) : report
  })
}

/** Parameters read and the results folder held for as long as the work takes. */
async function withJob(
  line: CommandLine,
  progress: Progress,
  work: (job: Job) => Promise<Result<Output>>,
): Promise<Result<Output>> {
  const resolved = await readParams(line.paramsFile, line.settings, process.env, progress)
  if (!resolved.ok) return resolved
  const letGo = holdFolder(line.out)
  if (!letGo.ok) return letGo
  try {
    return await work(jobOf(line, resolved.value, progress))
  } finally {
    letGo.value()
  }
}

function jobOf(line: CommandLine, resolved: ResolvedParams, progress: Progress): Job {
  const mnistFolder = process.env['MNIST_DIR'] || null
  return { line, resolved, mnistFolder, signal: interruptSignal(progress), progress }
}

/** A server reads its model and writes nothing, so the results folder stays free. It is told of when it listens. */
async function serve(line: CommandLine, progress: Progress): Promise<Result<null>> {
  const resolved = await readParams(line.paramsFile, line.settings, process.env, progress)
  if (!resolved.ok) return resolved
  return serveCommand({
    line,
    params: resolved.value.params,
    signal: interruptSignal(progress),
    progress,
    onListening: (listening) =>
      print(
        { report: listening, text: `Listening on ${listening.url}, described at ${listening.docs}\n` },
        line.json,
      ),
  })
}

/** Ctrl-C or a scheduler's SIGTERM: the step under way is finished, and the checkpoint stays. A second one ends at once. */
function interruptSignal(progress: Progress): AbortSignal {
  const abort = new AbortController()
  let pressedAt = Number.NEGATIVE_INFINITY
  function onSignal(): void {
    const now = performance.now()
    if (abort.signal.aborted && now - pressedAt > SAME_PRESS_MS) process.exit(EXIT.interrupted)
    if (!abort.signal.aborted) {
      pressedAt = now
      progress.say('Stopping … (once more to stop at once)')
      abort.abort()
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return abort.signal
}

function fail({ exit, code, message }: Problem, json: boolean, progress: Progress): void {
  progress.say(message)
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message }, exit })}\n`)
  process.exitCode = exit
}
