import { benchDraw, type DrawBenchOptions, type DrawReport, type DrawScore } from './bench-draw'
import { readDigits } from './digits'
import { pipeline } from './pipeline'
import { done, type Result, usage } from './problem'
import { findVersion } from './registered-model'
import { readRegistry } from './registry'
import { type OpenedModel, openBundleFile, openRegistered } from './served-model'
import type { Job } from './stages'

const USUAL_ALIAS = 'champion'

export interface DrawBenchOutput {
  readonly report: DrawReport & {
    readonly model: {
      readonly version: string
      readonly weightsSha256: string
      readonly testAccuracy: number | null
    }
    readonly dataset: { readonly name: string; readonly testDigest: string }
  }
  readonly text: string
}

/** `bench draw`: how well a model reads drawings. Without a model in --out the default recipe is trained there first. */
export async function benchDrawCommand(
  job: Job,
  options: DrawBenchOptions,
): Promise<Result<DrawBenchOutput>> {
  const opened = await openModel(job)
  if (!opened.ok) return opened
  const model = opened.value
  const { line, mnistFolder, signal, progress } = job
  const source = line.data ?? { kind: 'mnist' }
  const { preprocess } = model
  const dataset = await readDigits({ source, mnistFolder, preprocess, signal, progress })
  if (!dataset.ok) return dataset
  const { record, test } = dataset.value
  const found = await benchDraw(model, test, { count: options.digits, seed: options.seed }, (drawn, total) =>
    progress.show(`Drawing digit ${drawn} of ${total}`),
  )
  const report = {
    model: {
      version: `${model.name}/${model.version}`,
      weightsSha256: model.weightsSha256,
      testAccuracy: model.evaluation?.accuracy ?? null,
    },
    dataset: { name: record.name, testDigest: record.test.digest },
    ...found,
  }
  return done({ report, text: drawTable(report) })
}

/** The bundle, or the version that --version names, else the champion of --out; where there is none it is trained, which is said. */
async function openModel(job: Job): Promise<Result<OpenedModel>> {
  const { line, resolved, progress } = job
  const { out, bundle, version } = line
  if (bundle !== null) return openBundleFile(bundle)
  const name = resolved.params.mlflow.registered_model_name
  const registry = await readRegistry(out)
  if (!registry.ok) return registry
  if (version !== null || findVersion(registry.value, name, USUAL_ALIAS) !== null)
    return openRegistered(out, name, version)
  const { epochs } = resolved.params.train
  progress.say(
    `${out} has no ${USUAL_ALIAS} of ${name}: training one there first (${epochs} epochs, about two minutes for 15 on two processors).`,
  )
  const trained = await pipeline(job)
  if (!trained.ok) return trained
  const made = await openRegistered(out, name, null)
  if (made.ok || made.problem.code !== 'not-found') return made
  return usage(
    'not-found',
    `The release gate rejected what was trained, so there is no ${USUAL_ALIAS} of ${name}. Train more epochs, or lower release.* by --set.`,
  )
}

const HEAD = [
  'size on 280',
  'drawings',
  'accuracy',
  '95 % interval',
  'confidence',
  'plain 10:1',
  'confidence',
]

/** The report as a Markdown table. */
function drawTable(report: DrawBenchOutput['report']): string {
  const { all, ranges, undrawn, digits, canvas, brush, nothingDrawn, model } = report
  const rows = [
    ...ranges.map(({ from, to, studio, plain }) => row(`${from}–${to}`, studio, plain)),
    row('all', all.studio, all.plain),
  ]
  const table = [HEAD, HEAD.map((_, at) => (at === 0 ? '---' : '--:')), ...rows]
  return [
    `${digits} held-out digits of ${report.dataset.name}, thinned to lines and drawn again with a brush of ${brush} on a canvas of ${canvas}, read by ${model.version}.`,
    '',
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `- the same digits, not drawn: ${percent(undrawn.accuracy)} (${undrawn.correct} of ${undrawn.count})`,
    `- "plain 10:1" averages the whole canvas to 28 × 28, as a page without crop and centring does`,
    `- called empty: ${nothingDrawn}; misread: ${digits - all.studio.correct}`,
    '',
  ].join('\n')
}

function row(name: string, studio: DrawScore, plain: DrawScore): readonly string[] {
  const { interval } = studio
  return [
    name,
    String(studio.count),
    percent(studio.accuracy),
    interval === null ? '–' : `${percent(interval.low)} to ${percent(interval.high)}`,
    percent(studio.meanConfidence),
    percent(plain.accuracy),
    percent(plain.meanConfidence),
  ]
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
